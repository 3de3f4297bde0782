// Camera and place of the demo: whoever has no camera here, or is not where Anna is, may lend the page others. Only
// the demo's bar loads it. Not a module: it must have changed what the browser offers before any module asks for it.
//
//   <details data-senses> <input type=radio name=demo-place value="own|home|elsewhere|refused" data-lat data-lon>
//   <input type=radio name=demo-camera value="own|drawn"> </details>
//
// The choice is kept for this host name, so for this persona.

(() => {
  const KEPT = 'muster.demo-senses';
  const panel = document.querySelector('[data-senses]');
  if (!panel) return;

  function choice() {
    try {
      return { place: 'own', camera: 'own', ...JSON.parse(localStorage.getItem(KEPT)) };
    } catch {
      return { place: 'own', camera: 'own' };
    }
  }

  for (const input of panel.querySelectorAll('input[type=radio]')) {
    const kind = input.name.replace('demo-', '');
    input.checked = choice()[kind] === input.value;
    input.addEventListener('change', () => {
      localStorage.setItem(KEPT, JSON.stringify({ ...choice(), [kind]: input.value }));
      // A page with a picture has asked already.
      if (kind === 'camera' && document.querySelector('video')) location.reload();
    });
  }

  // ---- place -----------------------------------------------------------------------------------------------------

  const ownPlace = Geolocation.prototype.getCurrentPosition;
  Geolocation.prototype.getCurrentPosition = function (got, failed, options) {
    const { place } = choice();
    if (place === 'own') return ownPlace.call(this, got, failed, options);
    if (place === 'refused') return setTimeout(() => failed?.({ code: 1, message: 'refused in the demo' }), 300);
    const { lat, lon } = panel.querySelector(`input[name=demo-place][value=${place}]`).dataset;
    const coords = { latitude: Number(lat), longitude: Number(lon), accuracy: 40 };
    setTimeout(() => got({ coords, timestamp: Date.now() }), 300);
  };

  // ---- camera ----------------------------------------------------------------------------------------------------

  const FRAMES = 10; // a second

  /** Somebody simple who breathes, with a hand that waves and a clock that runs. */
  function draw(pen, { width, height }, atMs) {
    const seconds = atMs / 1000;
    const shape = (colour, x, y, rx, ry) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
      pen.fill();
    };
    pen.fillStyle = '#cfe3e0';
    pen.fillRect(0, 0, width, height);
    const breath = Math.sin(seconds * 1.5) * 3;
    shape('#0b5f5b', width / 2, height + 40 + breath, 190, 200);
    shape('#d9a47f', width / 2, height * 0.42 + breath, 86, 108);
    shape('#3a2a22', width / 2, height * 0.26 + breath, 90, 48);
    for (const side of [-1, 1]) shape('#2b2b2b', width / 2 + side * 32, height * 0.42 + breath, 8, seconds % 4 < 0.15 ? 1 : 8);
    shape('#a45a4a', width / 2, height * 0.54 + breath, 26, 6);
    shape('#d9a47f', width * 0.84 + Math.sin(seconds * 3) * 30, height * 0.6, 34, 40);
    pen.fillStyle = '#10211f';
    pen.font = '20px sans-serif';
    pen.fillText(`Drawn for the demo, ${new Date(atMs).toLocaleTimeString()}`, 16, 30);
  }

  function drawnVideo() {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 640, height: 480 });
    const pen = canvas.getContext('2d');
    draw(pen, canvas, Date.now());
    const [track] = canvas.captureStream(FRAMES).getVideoTracks();
    const timer = setInterval(() => {
      if (track.readyState === 'ended') clearInterval(timer);
      else draw(pen, canvas, Date.now());
    }, 1000 / FRAMES);
    return track;
  }

  const ownMedia = window.MediaDevices?.prototype.getUserMedia;
  if (!ownMedia) return;
  MediaDevices.prototype.getUserMedia = async function (wish) {
    if (choice().camera === 'own') return ownMedia.call(this, wish);
    const stream = new MediaStream();
    if (wish.video) stream.addTrack(drawnVideo());
    if (wish.audio) stream.addTrack(new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0]);
    return stream;
  };
})();
