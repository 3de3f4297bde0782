// A page that calls the other visitor over WebRTC, and the server that introduces the two: only to
// prove the harness. Signalling is a queue per visitor, fetched by long polling.

import http from 'node:http';

const PAGE = `<!doctype html><html lang="en"><title>Harness</title><h1>Harness</h1>
<video id="remote" autoplay playsinline muted></video><script src="/call.js"></script></html>`;

const SCRIPT = `
const me = new URLSearchParams(location.search).get('me');
const tell = (message) => fetch('/tell?me=' + me, { method: 'POST', body: JSON.stringify(message) });
(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const pc = (window.pc = new RTCPeerConnection());
  stream.getTracks().forEach((track) => pc.addTrack(track, stream));
  pc.ontrack = (event) => (document.querySelector('#remote').srcObject = event.streams[0]);
  pc.onicecandidate = (event) => event.candidate && tell({ candidate: event.candidate });
  await tell({ join: true });
  for (;;) {
    const answer = await fetch('/hear?me=' + me);
    for (const message of await answer.json()) {
      if (message.join && me === 'a') {
        await pc.setLocalDescription();
        await tell({ description: pc.localDescription });
      } else if (message.description) {
        await pc.setRemoteDescription(message.description);
        if (message.description.type === 'offer') {
          await pc.setLocalDescription();
          await tell({ description: pc.localDescription });
        }
      } else if (message.candidate) await pc.addIceCandidate(message.candidate);
    }
  }
})();`;

/** Starts it; `policy` is the page's Content-Security-Policy. */
export async function staticCall(policy = "default-src 'self'") {
  const queue = { a: [], b: [] };
  const waiting = {};
  const flush = (who) => {
    if (!waiting[who] || queue[who].length === 0) return;
    waiting[who].end(JSON.stringify(queue[who].splice(0)));
    delete waiting[who];
  };
  const server = http.createServer(async (request, answer) => {
    const url = new URL(request.url, 'http://localhost');
    const me = url.searchParams.get('me');
    answer.setHeader('content-security-policy', policy);
    if (url.pathname === '/tell') {
      let body = '';
      for await (const chunk of request) body += chunk;
      const other = me === 'a' ? 'b' : 'a';
      queue[other].push(JSON.parse(body));
      flush(other);
      return answer.end();
    }
    if (url.pathname === '/hear') {
      answer.setHeader('content-type', 'application/json');
      waiting[me] = answer;
      return flush(me);
    }
    if (url.pathname === '/call.js') {
      return answer.setHeader('content-type', 'text/javascript').end(SCRIPT);
    }
    if (url.pathname === '/favicon.ico') return answer.writeHead(204).end();
    return answer.setHeader('content-type', 'text/html').end(PAGE);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: (pathname) => `http://harness.localhost:${server.address().port}${pathname}`, close };
}
