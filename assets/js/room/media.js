// Camera and microphone: asking for them, remembering the choice for this tab, and naming what went wrong.
// Shared by the devices step and the room. Shows nothing itself.

import { t } from '../words.js';

const MEMORY = 'muster.devices';

/** The device choice of this tab: {camera, microphone} ids, either may be absent. */
export function rememberedChoice() {
  try {
    const choice = JSON.parse(sessionStorage.getItem(MEMORY));
    return choice && typeof choice === 'object' ? choice : {};
  } catch {
    return {};
  }
}

/** Keeps a choice for this tab only; nothing is kept where storage is switched off. */
export function rememberChoice(choice) {
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify({ ...rememberedChoice(), ...choice }));
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The wire's word for a browser's error. */
export function errorWord(error) {
  switch (error?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'not_allowed';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'not_found';
    case 'NotReadableError':
    case 'AbortError':
      return 'not_readable';
    default:
      return navigator.mediaDevices ? 'other' : 'unsupported';
  }
}

const SENTENCES = {
  camera: {
    not_allowed: t('The browser did not give this page the camera. Open the lock or camera sign beside the address, allow the camera, then try again.'),
    not_found: t('No camera was found. Connect one, or open this page on a phone, then try again.'),
    not_readable: t('The camera is there, but another program is using it. Close other video programs, then try again.'),
    unsupported: t('This browser offers no camera to this page. Open it in a current version of Chrome, Edge, Firefox or Safari.'),
    other: t('The camera could not be started. Try again, or open this page on another device.'),
  },
  microphone: {
    not_allowed: t('The browser did not give this page the microphone. You can go on with the picture only: you will be seen, not heard.'),
    not_found: t('No microphone was found. You can go on with the picture only: you will be seen, not heard.'),
    not_readable: t('The microphone is used by another program. You can go on with the picture only, or close that program and try again.'),
    unsupported: t('This browser offers no microphone to this page. You can go on with the picture only.'),
    other: t('The microphone could not be started. You can go on with the picture only, or try again.'),
  },
};

/** What happened and what to do now, as a sentence. */
export const sentenceFor = (step, word) => SENTENCES[step][word] ?? SENTENCES[step].other;

const video = (id) => ({ width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 }, facingMode: 'user', ...(id && { deviceId: { ideal: id } }) });
const audio = (id) => ({ echoCancellation: true, noiseSuppression: true, ...(id && { deviceId: { ideal: id } }) });

const SILENT_MS = 8000; // A device that may be used and has not answered by now is not going to.

/** Whether the person has already allowed all of these, so that no question of the browser is open. */
async function isAllowed(what) {
  const names = { video: 'camera', audio: 'microphone' };
  try {
    const states = Object.keys(what).map((kind) => navigator.permissions.query({ name: names[kind] }));
    return (await Promise.all(states)).every(({ state }) => state === 'granted');
  } catch {
    return false; // A browser that does not tell: the question may be open.
  }
}

/** Asks the browser for devices. One that is allowed and stays silent counts as taken by another program. */
async function ask(what) {
  const answer = navigator.mediaDevices.getUserMedia(what);
  let timer;
  const silence = new Promise((_, giveUp) => {
    timer = setInterval(async () => {
      if (await isAllowed(what)) giveUp(new DOMException('no answer', 'NotReadableError'));
    }, SILENT_MS);
  });
  try {
    return await Promise.race([answer, silence]);
  } catch (error) {
    answer.then((late) => late.getTracks().forEach((track) => track.stop()), () => {});
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Opens camera and microphone, asking once for both, then singly to learn which one is missing.
 * Resolves to {stream, troubles: [{step, error}]}; the stream holds the tracks that could be had and may be empty.
 */
export async function openMedia(choice = rememberedChoice()) {
  const stream = new MediaStream();
  if (!navigator.mediaDevices?.getUserMedia) return { stream, troubles: [{ step: 'camera', error: 'unsupported' }] };
  const keep = (got) => got.getTracks().forEach((track) => stream.addTrack(track));
  try {
    keep(await ask({ video: video(choice.camera), audio: audio(choice.microphone) }));
    return { stream, troubles: [] };
  } catch {
    // Which of the two is missing shows below.
  }
  const troubles = [];
  const single = async (step, what) => {
    try {
      keep(await ask(what));
    } catch (error) {
      troubles.push({ step, error: errorWord(error) });
    }
  };
  await single('camera', { video: video(choice.camera) });
  await single('microphone', { audio: audio(choice.microphone) });
  return { stream, troubles };
}

/** Opens one other device; resolves to its track or throws the browser's error. */
export async function openTrack(kind, id) {
  const what = kind === 'video' ? { video: { ...video(), deviceId: { exact: id } } } : { audio: { ...audio(), deviceId: { exact: id } } };
  return (await ask(what)).getTracks()[0];
}

/** Fills a <select> with the devices of one kind and marks the one in use. */
export async function fillChoices(select, kind, track) {
  if (!select || !navigator.mediaDevices?.enumerateDevices) return;
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === kind && d.deviceId);
  const inUse = track?.getSettings().deviceId;
  const [noun, none] = kind === 'videoinput' ? [t('Camera'), t('No camera found')] : [t('Microphone'), t('No microphone found')];
  const options = devices.map((device, index) => {
    const option = new Option(device.label || `${noun} ${index + 1}`, device.deviceId);
    option.selected = device.deviceId === inUse;
    return option;
  });
  select.replaceChildren(...(options.length > 0 ? options : [new Option(none, '')]));
  select.disabled = options.length === 0;
}
