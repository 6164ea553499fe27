// The call screen of the selected person: while the person calls the service, while a call rings, during the call, and
// shortly after its end.

import * as carrier from "./carrier.js";
import { arrange, byId, element, say } from "./dom.js";
import { Phase } from "./log.js";
import * as sound from "./sound.js";
import { span } from "./times.js";

/** How long the screen stays open after the end of a call. */
const LINGER_MS = 2500;
/** How long the keyboard does not act on the call if the person was typing when the phone began to ring. */
const TYPING_GRACE_MS = 800;
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ", 0: "+" };
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const KEY_NAMES = { "*": "star", "#": "pound" };

/** Shows the current call. */
export class CallScreen {
  #call;
  #silenced = new Set();
  #ignoreKeysUntil = 0;
  #closeTimer;
  #serviceNumber = "";

  constructor() {
    for (const digit of KEYS) byId("keypad").append(this.#key(digit));
    byId("answer").addEventListener("click", () => this.#act("answer"));
    byId("decline").addEventListener("click", () => this.#act("decline"));
    byId("hangup").addEventListener("click", () => this.#act("hangup"));
    byId("silence").addEventListener("click", () => this.#letRing());
    document.addEventListener("keydown", (event) => this.#typed(event));
    setInterval(() => this.#tick(), 250);
  }

  set serviceNumber(number) {
    this.#serviceNumber = number;
  }

  #key(digit) {
    const label = KEY_NAMES[digit] ? `${digit}, ${KEY_NAMES[digit]}` : undefined;
    const key = element("button", { type: "button", class: "key", "data-digit": digit, "aria-label": label }, digit);
    if (LETTERS[digit]) key.append(element("small", { "aria-hidden": "true" }, LETTERS[digit]));
    key.addEventListener("click", () => this.#press(digit));
    return key;
  }

  /**
   * Shows the person's first open call, or the end of the call that was shown. `others` is the number of the person's
   * other open calls.
   */
  show(call, others) {
    const before = this.#call;
    if (!call && before) return this.#end(before);
    if (call?.sid !== before?.sid) this.#begin(call);
    this.#call = call;
    this.#ring();
    this.#draw(others);
  }

  /** Closes the screen immediately, because another person was selected. */
  leave() {
    this.#call = undefined;
    this.#close();
  }

  #begin(call) {
    clearTimeout(this.#closeTimer);
    this.#closeTimer = undefined;
    byId("pressed").value = "";
    say(byId("call-trouble"), "");
    byId("lines").replaceChildren();
    const words = byId("words");
    if (document.activeElement === words && words.value) this.#ignoreKeysUntil = performance.now() + TYPING_GRACE_MS;
    if (call) delete byId("call").dataset.ending;
  }

  #end(call) {
    this.#call = undefined;
    sound.hush();
    sound.silence();
    const wasSeen = !byId("call").hidden;
    if (!wasSeen) return this.#close();
    const how = { completed: "Call ended", busy: "Declined", "no-answer": "Missed", canceled: "The caller hung up" };
    this.#phase(Phase.over);
    const after = call.seconds ? ` after ${span(call.seconds * 1000)}` : "";
    say(byId("call-phase"), `${how[call.status] ?? "Call dropped"}${after}`);
    this.#closeTimer = setTimeout(() => this.#close(), LINGER_MS);
  }

  #close() {
    clearTimeout(this.#closeTimer);
    this.#closeTimer = undefined;
    sound.hush();
    sound.silence();
    byId("bar").hidden = true;
    const screen = byId("call");
    if (screen.hidden) return;
    const hadFocus = screen.contains(document.activeElement);
    screen.hidden = true;
    byId("conversation").inert = false;
    if (hadFocus) byId("words").focus();
  }

  #ring() {
    const call = this.#call;
    if (call?.phase === Phase.ringing && !this.#silenced.has(call.sid)) sound.ring();
    else sound.hush();
  }

  #draw(others) {
    const call = this.#call;
    if (!call) return;
    const rings = call.phase === Phase.ringing;
    if (rings && this.#silenced.has(call.sid)) return this.#drawBar();
    byId("bar").hidden = true;
    this.#open();
    this.#phase(call.phase);
    say(byId("call-number"), this.#serviceNumber);
    if (call.phase === Phase.calling) say(byId("call-phase"), "Calling…");
    if (rings) say(byId("call-phase"), others > 0 ? `is calling you (${others} more waiting)` : "is calling you");
    const lines = byId("lines");
    arrange(
      lines,
      call.lines,
      (line) => line.key,
      (line) => element("p", {}, line.words),
      () => {},
    );
    lines.scrollTop = lines.scrollHeight;
    this.#tick();
  }

  #open() {
    const screen = byId("call");
    if (!screen.hidden) return;
    screen.hidden = false;
    byId("conversation").inert = true;
    // Focus the screen and not a button: a person who presses Enter to send a text must not answer the call with that
    // key.
    screen.focus({ preventScroll: true });
  }

  #phase(phase) {
    byId("call").dataset.phase = phase;
    byId("keypad").hidden = phase !== Phase.talking;
    for (const id of ["answer", "decline", "silence"]) byId(id).hidden = phase !== Phase.ringing;
    byId("hangup").hidden = phase !== Phase.talking && phase !== Phase.calling;
  }

  /** Shows a bar above the messages instead of the screen, for a call that is left to ring. */
  #drawBar() {
    const bar = byId("bar");
    this.#hideScreen();
    if (!bar.hidden) return;
    const button = (label, name, act) => {
      const node = element("button", { type: "button", class: name }, label);
      node.addEventListener("click", act);
      return node;
    };
    bar.replaceChildren(
      element("p", {}, "Still ringing"),
      button("Decline", "plain", () => this.#act("decline")),
      button("Answer", "plain strong", () => this.#act("answer")),
    );
    bar.hidden = false;
  }

  #hideScreen() {
    if (byId("call").hidden) return;
    byId("call").hidden = true;
    byId("conversation").inert = false;
    byId("words").focus();
  }

  #letRing() {
    if (this.#call?.phase !== Phase.ringing) return;
    this.#silenced.add(this.#call.sid);
    this.#ring();
    this.#drawBar();
  }

  async #act(action, digit) {
    const call = this.#call;
    if (!call) return;
    sound.wake();
    try {
      await carrier.act(call.sid, action, digit);
    } catch (trouble) {
      // If the call has ended by now, the page shows that anyway.
      if (this.#call?.sid === call.sid) say(byId("call-trouble"), trouble.message);
    }
  }

  #press(digit) {
    if (this.#call?.phase !== Phase.talking) return;
    sound.press(digit);
    byId("pressed").value += digit;
    const key = byId("keypad").querySelector(`[data-digit="${CSS.escape(digit)}"]`);
    key.classList.add("down");
    setTimeout(() => key.classList.remove("down"), 150);
    this.#act("press", digit);
  }

  #typed(event) {
    const call = this.#call;
    const isForCall =
      !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select");
    if (!call || !isForCall) return;
    const key = event.key.toLowerCase();
    if (call.phase === Phase.ringing) {
      if (performance.now() < this.#ignoreKeysUntil) return;
      if (key === "a") this.#act("answer");
      else if (key === "d") this.#act("decline");
      else if (key === "l" || key === "escape") this.#letRing();
      else return;
    } else if (KEYS.includes(key) && call.phase === Phase.talking) {
      this.#press(key);
    } else if (key === "h") {
      this.#act("hangup");
    } else {
      return;
    }
    event.preventDefault();
  }

  #tick() {
    if (this.#call?.phase === Phase.talking)
      say(byId("call-phase"), span(Math.floor((Date.now() - this.#call.answeredAt) / 1000) * 1000));
  }
}
