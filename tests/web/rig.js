// SPDX-License-Identifier: Apache-2.0
// Injected before the page's own code: a canvas in the place of the camera. It shows a person who does what the page
// shows, as a person would: it reads the drawing of an action and the colour that is really painted, and knows nothing of
// the challenge. window.rig says who sits before it:
//   obeys   { nod: 'nod', ... }   what is done when an action is shown; an action that is not named is not done
//   light   none | face | flat | late   how the screen's colour falls on the picture: not, by the shape of the face, on
//           all of it alike, or as it was two seconds earlier
(() => {
  const WIDTH = 360;
  const HEIGHT = 480;
  const RATE_HZ = 20; // of the clips
  const rig = { obeys: {}, light: 'none', ...window.rig };
  const clips = new Map();
  let began_ms = null;
  let at = 0; // the frame of the clip
  let clip = 'still';
  let shown = null;
  let slot = -1;

  function framesOf(bytes) {
    const starts = [];
    for (let i = 0; i + 2 < bytes.length; i += 1) {
      if (bytes[i] === 0xff && bytes[i + 1] === 0xd8 && bytes[i + 2] === 0xff) starts.push(i);
    }
    return starts.map((start, i) => {
      const picture = new Image();
      picture.src = URL.createObjectURL(new Blob([bytes.subarray(start, starts[i + 1])], { type: 'image/jpeg' }));
      return picture;
    });
  }

  async function load(name) {
    const answer = await fetch(`/rig/${name}.mjpeg`);
    clips.set(name, framesOf(new Uint8Array(await answer.arrayBuffer())));
  }

  /** What the person sees decides what they do next. */
  function look() {
    const drawing = document.querySelector('.drawing[class*="does-"]');
    const action = drawing ? drawing.getAttribute('class').match(/does-(\w+)/)[1] : null;
    if (action === shown) return;
    shown = action;
    if (!action) return;
    slot += 1;
    clip = rig.obeys[action] ? `${rig.obeys[action]}-${slot}` : 'still';
  }

  function draw(context) {
    look();
    const frames = clips.get(clip);
    const due = began_ms === null ? 0 : Math.floor(((performance.now() - began_ms) / 1000) * RATE_HZ);
    // A person does not leap where this machine is late.
    at = Math.min(due, at + 1, frames.length - 1);
    const picture = frames[at];
    if (!picture.complete) return;
    context.drawImage(picture, 0, 0, WIDTH, HEIGHT);
    rig.lit?.(context);
  }

  const start = MediaRecorder.prototype.start;
  MediaRecorder.prototype.start = function (...words) {
    began_ms = performance.now();
    at = 0;
    slot = -1;
    shown = null;
    clip = 'still';
    return start.apply(this, words);
  };

  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext('2d');
    const stream = canvas.captureStream(RATE_HZ);
    const tick = setInterval(() => draw(context), 1000 / RATE_HZ);
    stream.getVideoTracks()[0].stop = () => clearInterval(tick);
    return stream;
  };
  // Before anything begins: it takes time.
  const done = Object.values(rig.obeys);
  window.rigIsReady = Promise.all(['still', ...done.flatMap((action) => [`${action}-0`, `${action}-1`])].map(load));
})();
