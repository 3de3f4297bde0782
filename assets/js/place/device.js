// What kind of camera and graphics this is, as a class. Names and numbers of devices stay here.

const CAMERA = 'muster-camera-class';
const PROGRAMS = /\b(obs|manycam|xsplit|snap camera|camtwist|splitcam|v4l2loopback|unity (video )?capture|virtual|vcam|e2esoft|avatarify|deepfacelive|youcam|chromacam|mmhmm|nvidia broadcast|streamlabs|prism)\b/i;
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const VIRTUAL_MACHINE = /vmware|svga3d|virtualbox|chromium os gl on virgl|virgl|virtio|parallels|qxl|hyper-v/i;

/** Remembers the class of the track in use until this tab is closed. */
export function noteCamera(track) {
  try {
    if (track?.label) sessionStorage.setItem(CAMERA, PROGRAMS.test(track.label) ? 'virtual' : 'ordinary');
    else sessionStorage.removeItem(CAMERA);
  } catch {
    // A browser that keeps nothing: the class stays unknown.
  }
}

/** The class of the camera that was in use last, or undefined. */
export function cameraClass() {
  try {
    return sessionStorage.getItem(CAMERA) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The class of what draws this page, or undefined where the browser does not say. */
export function rendererClass() {
  try {
    const gl = document.createElement('canvas').getContext('webgl');
    if (!gl) return undefined;
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? '');
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    if (!renderer || renderer === 'WebKit WebGL') return undefined;
    if (SOFTWARE.test(renderer)) return 'software';
    return VIRTUAL_MACHINE.test(renderer) ? 'virtual_machine' : 'hardware';
  } catch {
    return undefined;
  }
}
