// Sounds: the ring, the tones of the keys, the spoken words.

/** The half-hour chime of the Westminster Quarters, in hertz, because 6:30 is half past six. */
const CHIME = [659.26, 830.61, 739.99, 493.88, 659.26, 739.99, 830.61, 659.26];
const NOTE_S = 0.3;
const REST_AFTER_FOURTH_S = 0.25;
const RING_EVERY_MS = 4400;
/** The partials of a bell: ratio to the note, loudness, decay in seconds. */
const PARTIALS = [
  [1, 0.5, 1.3],
  [2.01, 0.18, 0.8],
  [2.76, 0.1, 0.5],
  [5.4, 0.03, 0.25],
];
/** The vibration while the phone rings, in milliseconds: on, off, on, off. */
const BUZZ = [220, 90, 220, 1200];

/** The two tones of a key are the tone of its row and the tone of its column, in hertz (ITU-T Q.23). */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = ["123", "456", "789", "*0#"];
const TONE_S = 0.16;

let context;
let ringing;
let isOn = localStorage.getItem("sound") !== "off";

/** Starts the audio. Browsers allow sound only after an interaction, so this is called at each interaction. */
export function wake() {
  context ??= window.AudioContext && new AudioContext();
  if (context?.state === "suspended") context.resume().catch(() => {});
}

export const isSoundOn = () => isOn;

/** Switches the sound on or off, and returns whether it is on now. */
export function switchSound() {
  isOn = !isOn;
  localStorage.setItem("sound", isOn ? "on" : "off");
  if (!isOn) {
    hush();
    window.speechSynthesis?.cancel();
  }
  return isOn;
}

function tone(hertz, from, seconds, loudness, fade) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loudness, from + 0.008);
  if (fade) gain.gain.exponentialRampToValueAtTime(0.0001, from + seconds);
  else gain.gain.setTargetAtTime(0, from + seconds - 0.02, 0.008);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + seconds + 0.05);
  return gain;
}

function chime() {
  navigator.vibrate?.(BUZZ);
  if (!isOn || !context) return [];
  const begin = context.currentTime + 0.05;
  return CHIME.flatMap((note, index) => {
    const at = begin + index * NOTE_S + (index > 3 ? REST_AFTER_FOURTH_S : 0);
    return PARTIALS.map(([ratio, loudness, seconds]) => tone(note * ratio, at, seconds, loudness * 0.35, true));
  });
}

/** Rings until `hush` is called. */
export function ring() {
  if (ringing) return;
  wake();
  ringing = { notes: chime() };
  ringing.timer = setInterval(() => (ringing.notes = chime()), RING_EVERY_MS);
}

/** Stops ringing. */
export function hush() {
  if (!ringing) return;
  clearInterval(ringing.timer);
  navigator.vibrate?.(0);
  for (const gain of ringing.notes) gain.disconnect();
  ringing = undefined;
}

/** Plays the tones of a key. */
export function press(digit) {
  wake();
  navigator.vibrate?.(15);
  const row = KEYS.findIndex((keys) => keys.includes(digit));
  if (!isOn || !context || row < 0) return;
  for (const hertz of [ROWS[row], COLUMNS[KEYS[row].indexOf(digit)]])
    tone(hertz, context.currentTime, TONE_S, 0.12, false);
}

/** Speaks words of the call. */
export function speak(words) {
  const speech = window.speechSynthesis;
  if (!isOn || !speech) return;
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = "en-US";
  const voices = speech.getVoices();
  utterance.voice = voices.find((voice) => voice.lang.startsWith("en") && voice.localService) ?? null;
  speech.speak(utterance);
}

/** Stops speaking immediately. */
export const silence = () => window.speechSynthesis?.cancel();
