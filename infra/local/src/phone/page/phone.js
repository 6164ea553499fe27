// The page: shows the carrier's log, and sends the person's actions to the carrier.

import { Breaking } from "./breaking.js";
import { CallScreen } from "./call.js";
import { Calling } from "./calling.js";
import * as carrier from "./carrier.js";
import { Chaos } from "./chaos.js";
import { byId, element, say } from "./dom.js";
import { Flow } from "./flow.js";
import { showHappened } from "./happened.js";
import { Log, unanswered } from "./log.js";
import { People } from "./people.js";
import { Reminders } from "./reminders.js";
import * as sound from "./sound.js";
import { Talk } from "./talk.js";
import { Thread } from "./thread.js";
import { spaced } from "./times.js";
import { Totals } from "./totals.js";

const EXAMPLES = ["Remind me to buy milk in 1 minute", "Remind me to call Mom tomorrow at 6:30 PM", "LIST", "HELP"];
/** In milliseconds. An entry older than this comes from the replayed log: it is not announced, spoken or counted. */
const LIVE_MS = 4000;

const log = new Log();
const people = new People(log, switchPerson);
const reminders = new Reminders(noteStateChange);
const call = new CallScreen();
const calling = new Calling((words) => trouble("calling", words));
const breaking = new Breaking(log);
const thread = new Thread(byId("thread"), (text) => send(text.words, text.id));
let isDrawing = false;

/** Draws at most once per frame, even if many entries arrive together. A hidden page has no frames, but must ring. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  const soon = document.hidden ? setTimeout : requestAnimationFrame;
  soon(() => {
    isDrawing = false;
    drawNow();
  });
}

function drawNow() {
  const phone = log.phone(people.number);
  phone.unread = 0;
  people.show();
  byId("welcome").hidden = phone.thread.length > 0;
  byId("thread").hidden = phone.thread.length === 0;
  // An element must be visible before it can be scrolled to its end.
  thread.show(people.number, phone);
  showHappened(byId("happened"), phone.happened, byId("webhooks").checked);
  const [open, ...others] = phone.openCalls();
  call.show(open, others.length);
  document.title = open?.phase === "ringing" ? "sixthirty is calling" : "sixthirty: a phone in the browser";
  trouble(
    "carrier",
    log.reachable
      ? ""
      : "The carrier is unreachable, so your phone can’t ring. Reminders that are due now come late, or as a text.",
  );
}

function switchPerson() {
  call.leave();
  reminders.watch(people.number);
  calling.watch(people.number);
  breaking.watch(people.number);
  draw();
}

function noteStateChange(number, reminder, words) {
  log
    .phone(number)
    .happened.push({ kind: "state", seq: `${reminder.id}-${words}`, at: new Date().toISOString(), reminder, words });
  draw();
}

/** Shows an error message at the top of the page, or removes it. */
function trouble(name, words) {
  const box = byId("troubles");
  const shown = box.querySelector(`[data-name="${name}"]`);
  if (!words) return shown?.remove();
  if (shown) return say(shown, words);
  box.append(element("p", { "data-name": name }, words));
}

/** Reacts to a new entry: speaks, announces a call, counts unread texts. */
function notice(entry) {
  if (Date.now() - Date.parse(entry.at) > LIVE_MS) return;
  const isShown = entry.number === people.number;
  if (!entry.number || !people.has(entry.number)) return;
  if (isShown) reminders.hurry();
  if (entry.kind === "said" && isShown && log.phone(entry.number).openCalls()[0]?.sid === entry.call)
    sound.speak(entry.words);
  if (entry.kind === "call-ringing") {
    const keys = isShown ? " Press A to answer, D to decline, L to let it ring." : "";
    say(byId("announcer"), `${isShown ? "Your" : `${people.name(entry.number)}’s`} phone is ringing.${keys}`);
  }
  if (!isShown && ["answer", "text-out", "opt-out"].includes(entry.kind)) log.phone(entry.number).unread += 1;
}

async function send(words, id = carrier.newTextId()) {
  const number = people.number;
  const text = log.send(number, id, words);
  draw();
  try {
    const outcome = await carrier.text(number, id, words);
    const arrived = !outcome.error && outcome.status >= 200 && outcome.status < 300;
    Object.assign(
      text,
      arrived ? { state: "delivered" } : { state: "failed", reason: unanswered(outcome.status, outcome.error) },
    );
  } catch (failure) {
    Object.assign(text, { state: "failed", reason: failure.message });
  }
  draw();
}

function compose(event) {
  event?.preventDefault();
  const words = byId("words");
  const isEmpty = words.value.trim() === "";
  words.setAttribute("aria-invalid", String(isEmpty));
  say(byId("words-trouble"), isEmpty ? "Not sent: the text is empty. Type a message first." : "");
  words.focus();
  if (isEmpty) return;
  send(words.value.trim());
  words.value = "";
  grow();
}

/** Makes the field as high as its content. */
function grow() {
  const words = byId("words");
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
}

function setUpComposer() {
  byId("composer").addEventListener("submit", compose);
  byId("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) compose(event);
  });
  byId("words").addEventListener("input", () => {
    grow();
    say(byId("words-trouble"), "");
    byId("words").removeAttribute("aria-invalid");
  });
  for (const example of EXAMPLES) {
    const button = element("button", { type: "button", class: "example" }, example);
    button.addEventListener("click", () => {
      byId("words").value = example;
      grow();
      byId("words").focus();
    });
    byId("examples").append(element("li", {}, button));
  }
}

function setUpSwitches() {
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  const showTheme = () => byId("theme").setAttribute("aria-pressed", String(isDark()));
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    showTheme();
  });
  prefersDark.addEventListener("change", showTheme);
  showTheme();
  const showSound = () => {
    byId("sound").setAttribute("aria-pressed", String(sound.isSoundOn()));
    byId("sound")
      .querySelector("use")
      .setAttribute("href", sound.isSoundOn() ? "#sound-on" : "#sound-off");
  };
  byId("sound").addEventListener("click", () => {
    sound.switchSound();
    showSound();
    draw();
  });
  showSound();
  byId("webhooks").addEventListener("change", draw);
  const views = document.querySelectorAll(".views button");
  for (const view of views) {
    view.addEventListener("click", () => {
      document.querySelector("main").dataset.view = view.dataset.view;
      for (const other of views) other.setAttribute("aria-pressed", String(other === view));
    });
  }
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, sound.wake, { passive: true });
}

new Totals();
new Talk((number) => people.choose(number));
const flow = new Flow((id) => reminders.numberOf(id));
new Chaos((note) => flow.note(note), (numbers) => people.hide(numbers));
setUpComposer();
setUpSwitches();
switchPerson();
carrier.follow(log, {
  start(service, isRestarted) {
    if (isRestarted) {
      log.restart();
      reminders.restart();
    }
    const number = spaced(service.number);
    say(byId("contact-number"), number);
    call.serviceNumber = number;
    draw();
  },
  entry(entry) {
    if (!log.take(entry)) return;
    notice(entry);
    draw();
  },
  link(isUp) {
    say(byId("link"), isUp ? "Connected" : "Reconnecting…");
    byId("link").dataset.up = String(isUp);
    trouble(
      "link",
      isUp ? "" : "Not connected: the local server doesn’t respond. Is “cargo local” still running? Retrying…",
    );
    if (isUp) reminders.hurry();
  },
});
