// The list of people: example people with fictional numbers, added people, and other numbers in the carrier's log.

import { arrange, byId, element, say } from "./dom.js";
import { spaced } from "./times.js";

/** Numbers that are reserved for fiction: 555-01xx in North America, 020 7946 0xxx in London. */
const EXAMPLE_PEOPLE = [
  { number: "+12125550123", name: "Nora", place: "New York" },
  { number: "+13125550168", name: "Theo", place: "Chicago" },
  { number: "+14155550119", name: "June", place: "San Francisco" },
  { number: "+442079460958", name: "Alfie", place: "London" },
];

const DIGITS = /^\+[1-9]\d{6,14}$/;

function storedPeople() {
  try {
    const people = JSON.parse(localStorage.getItem("people") ?? "[]");
    return people.filter((person) => DIGITS.test(person.number));
  } catch {
    return [];
  }
}

/** Parses a phone number. Returns undefined if it is invalid. */
export function numberOf(text) {
  const plain = text
    .trim()
    .replace(/^00/, "+")
    .replace(/[\s().-]/g, "");
  return DIGITS.test(plain) ? plain : undefined;
}

/** Shows the people, and which of them is selected. */
export class People {
  #own = storedPeople();
  #chosen;
  #log;
  #onChoose;
  /** The numbers of the people in chaos minutes. They are not listed. */
  #crowd = new Set();

  /** Calls `onChoose` each time a person is selected. */
  constructor(log, onChoose) {
    this.#log = log;
    this.#onChoose = onChoose;
    const last = localStorage.getItem("person");
    this.#chosen = this.#all().some((person) => person.number === last) ? last : EXAMPLE_PEOPLE[0].number;
    byId("person-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
  }

  get number() {
    return this.#chosen;
  }

  /** Returns whether a number is in the list. */
  has(number) {
    return this.#all().some((person) => person.number === number);
  }

  name(number) {
    return this.#all().find((person) => person.number === number)?.name ?? spaced(number);
  }

  /**
   * Returns the listed people, and the numbers of the log that are not in the list. An added person replaces the
   * example person with the same number.
   */
  #all() {
    const isAbsent = (people) => (number) => !people.some((person) => person.number === number);
    const known = [...EXAMPLE_PEOPLE.filter(({ number }) => isAbsent(this.#own)(number)), ...this.#own];
    const strangers = this.#log.numbers().filter((number) => isAbsent(known)(number) && !this.#crowd.has(number));
    return [...known, ...strangers.map((number) => ({ number, name: spaced(number), place: "in the carrier’s log" }))];
  }

  /** Removes the people of chaos minutes from the list. */
  hide(numbers) {
    if (numbers.length === this.#crowd.size) return;
    this.#crowd = new Set(numbers);
    this.show();
  }

  choose(number) {
    this.#chosen = number;
    localStorage.setItem("person", number);
    this.#onChoose();
  }

  #add() {
    const form = byId("person-form");
    const [typed, name] = [form.elements.number.value, form.elements.name.value.trim()];
    const number = numberOf(typed);
    form.elements.number.setAttribute("aria-invalid", String(!number));
    if (!number) {
      say(
        byId("person-trouble"),
        typed.trim()
          ? `Not added: “${typed.trim()}” is not a phone number. Include the country code, like +1 212 555 0123.`
          : "Enter a phone number first, like +1 212 555 0123.",
      );
      form.elements.number.focus();
      return;
    }
    say(byId("person-trouble"), "");
    if (!this.#all().some((person) => person.number === number) || name) {
      this.#own = [
        ...this.#own.filter((person) => person.number !== number),
        { number, name: name || spaced(number), place: name ? "" : "no name" },
      ];
      localStorage.setItem("people", JSON.stringify(this.#own));
    }
    form.reset();
    byId("add-person").open = false;
    this.choose(number);
    byId("words").focus();
  }

  #remove(number) {
    this.#own = this.#own.filter((person) => person.number !== number);
    localStorage.setItem("people", JSON.stringify(this.#own));
    if (this.#chosen === number) this.choose(EXAMPLE_PEOPLE[0].number);
    else this.show();
  }

  show() {
    arrange(
      byId("people"),
      this.#all(),
      // A person who is added, renamed or removed gets a new row.
      (person) => `${person.number} ${person.name} ${person.place}`,
      (person) => this.#make(person),
      (item, person) => this.#change(item, person),
    );
  }

  #make(person) {
    const isNameless = person.name === spaced(person.number);
    const initial = isNameless ? person.number.slice(-2) : person.name.charAt(0).toUpperCase();
    const place = person.place && element("small", {}, person.place);
    const button = element(
      "button",
      { type: "button", class: "person" },
      element("span", { class: "initial", "aria-hidden": "true" }, initial),
      element("span", { class: "name" }, person.name, !isNameless && place),
      element("span", { class: "detail number" }, isNameless ? person.place : spaced(person.number)),
      element("span", { class: "badge", hidden: true }),
    );
    button.addEventListener("click", () => this.choose(person.number));
    const item = element("li", {}, button);
    if (this.#own.some((own) => own.number === person.number)) {
      const remove = element(
        "button",
        { type: "button", class: "remove", "aria-label": `Remove ${person.name}`, title: "Remove" },
        "×",
      );
      remove.addEventListener("click", () => this.#remove(person.number));
      item.append(remove);
    }
    return item;
  }

  #change(item, person) {
    const button = item.querySelector(".person");
    const phone = this.#log.phone(person.number);
    const [call] = phone.openCalls();
    const isChosen = person.number === this.#chosen;
    if (isChosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    button.classList.toggle("is-ringing", call?.phase === "ringing");
    const badge = button.querySelector(".badge");
    const news = isChosen ? "" : call?.phase === "ringing" ? "ringing" : phone.unread > 0 ? `${phone.unread} new` : "";
    badge.hidden = news === "";
    say(badge, news);
  }
}
