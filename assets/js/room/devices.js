// The camera and sound step: a preview, a sound level, a choice of devices, and clear words when something is missing.
//
//   <section data-devices data-receipt="/..."> <video data-preview> <select data-camera> <select data-microphone>
//   <meter data-level> <p data-message role=status> and, if wished, <button data-act="start"> </section>
//
// Without a start button the devices are asked for at once. When a picture is there the section gets `data-ready`
// and the event `muster:devices-ready` bubbles from it. A missing microphone does not hold anybody up.

import { errorWord, fillChoices, openMedia, openTrack, rememberChoice, sentenceFor } from './media.js';
import { noteCamera } from '../place/device.js';
import { noteAttempt } from './receipt.js';
import { t } from '../words.js';

const section = document.querySelector('[data-devices]');

function setUp(section) {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const [preview, cameras, microphones, meter, message] = ['preview', 'camera', 'microphone', 'level', 'message'].map(find);
  const startButton = section.querySelector('[data-act="start"]');
  let stream = new MediaStream();
  let stopMeter = () => {};

  const say = (text) => { if (message) message.textContent = text; };

  async function show() {
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (preview) {
      preview.muted = true;
      preview.playsInline = true;
      preview.srcObject = stream;
      preview.play().catch(() => {}); // Some browsers wait for a touch; the picture is then still.
    }
    stopMeter();
    stopMeter = sound && meter ? level(stream, meter) : () => {};
    await fillChoices(cameras, 'videoinput', picture);
    await fillChoices(microphones, 'audioinput', sound);
    noteCamera(picture);
    section.toggleAttribute('data-ready', Boolean(picture));
    if (picture) section.dispatchEvent(new CustomEvent('muster:devices-ready', { bubbles: true, detail: { withSound: Boolean(sound) } }));
  }

  async function tell(troubles) {
    if (troubles.length === 0) return say(t('Camera and microphone work.'));
    // The camera comes first: without it there is nothing to go on with.
    const [first] = troubles;
    const sentence = sentenceFor(first.step, first.error);
    say(sentence);
    const noted = await Promise.all(troubles.map((trouble) => noteAttempt(section.dataset.receipt, trouble)));
    if (noted[0]) say(`${sentence} ${noted[0]}`);
  }

  async function begin() {
    say(t('Waiting for the browser’s question: choose "Allow".'));
    stream.getTracks().forEach((track) => track.stop());
    const opened = await openMedia();
    stream = opened.stream;
    await show();
    if (startButton) startButton.hidden = opened.troubles.length === 0;
    await tell(opened.troubles);
  }

  async function change(kind, step, id) {
    // Phones hold one camera at a time: the old one is let go before the new one is asked for.
    stream.getTracks().filter((t) => t.kind === kind).forEach((t) => { t.stop(); stream.removeTrack(t); });
    try {
      stream.addTrack(await openTrack(kind, id));
      rememberChoice({ [step]: id });
      await show();
      say(t('Changed.'));
    } catch (error) {
      await show();
      await tell([{ step, error: errorWord(error) }]);
    }
  }

  cameras?.addEventListener('change', () => change('video', 'camera', cameras.value));
  microphones?.addEventListener('change', () => change('audio', 'microphone', microphones.value));
  startButton?.addEventListener('click', begin);
  // The next page asks for the devices again; a phone gives them to one page only.
  addEventListener('pagehide', () => stream.getTracks().forEach((track) => track.stop()));
  if (!startButton) begin();
}

/** Shows the loudness of a stream in a <meter> (0 to 1); gives back a function that stops it. */
function level(stream, meter) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    // Browsers start audio asleep until the person has touched the page.
    if (context.state === 'suspended') context.resume().catch(() => {});
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    // -60 dB (a quiet room) to 0 dB, so that speech moves the bar visibly.
    meter.value = power > 0 ? Math.min(1, Math.max(0, 1 + (10 * Math.log10(power)) / 60)) : 0;
  }, 100);
  return () => {
    clearInterval(timer);
    meter.value = 0;
    context.close().catch(() => {});
  };
}

if (section) setUp(section);
