// SPDX-License-Identifier: Apache-2.0
// Injected before the page's own code: a canvas in the place of the camera. It shows a person who does what the page
// shows, as a person would: it reads the drawing of an action and the colour that is really painted, and knows nothing of
// the challenge. window.rig says who sits before it:
//   obeys   { nod: 'nod', ... }   what is done when an action is shown; an action that is not named is not done
//   light   face | flat | late   how the screen's colour falls on the picture: by the shape of the face, on all of it
//           alike, or as it was two seconds earlier. Absent: there is none. What a white screen adds to the picture is
//           drawn beforehand by reflection_clip; a colour adds its part of that, channel by channel.
//   speaks  a person who speaks once the page shows digits. What they will say is brought by window.rigSpeaks(name,
//           begin_s, aloud): their clip, where all before begin_s is waiting, with its sound or without.
(() => {
  const WIDTH = 360;
  const HEIGHT = 480;
  const rig = { obeys: {}, ...window.rig };
  const RATE_HZ = rig.light ? 15 : 20; // of the clips
  const clips = new Map();
  let began_ms = null;
  let at = 0; // the frame of the clip
  const AT_REST = rig.light ? 'dark' : rig.speaks ? 'spoken' : 'still';
  let clip = AT_REST;
  let shown = null;
  let slot = -1;
  const speech = { begin_s: 0, sound: null, began_ms: null }; // began_ms: the digits were shown
  const audio = rig.speaks ? new AudioContext() : null;
  const mouth = audio?.createMediaStreamDestination();
  if (audio) {
    const silence = audio.createConstantSource(); // a microphone gives silence, not nothing
    silence.offset.value = 0;
    silence.connect(mouth);
    silence.start();
  }

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

  async function load(name, file = name) {
    const answer = await fetch(`/rig/${file}.mjpeg`);
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

  /** Waits for digits, then speaks: the lips go with the sound. How far the clip is, in seconds. */
  function speak(waited_s) {
    if (speech.began_ms === null && began_ms !== null && document.querySelector('.digits')) {
      speech.began_ms = performance.now();
      if (speech.sound) {
        const source = audio.createBufferSource();
        source.buffer = speech.sound;
        source.connect(mouth);
        source.start(0, speech.begin_s);
      }
    }
    if (speech.began_ms === null) return Math.min(waited_s, speech.begin_s);
    return speech.begin_s + (performance.now() - speech.began_ms) / 1000;
  }

  function draw(context) {
    look();
    const frames = clips.get(clip);
    if (!frames) return; // what they will say is still being made
    const past_s = began_ms === null ? 0 : (performance.now() - began_ms) / 1000;
    const due = Math.floor((rig.speaks ? speak(past_s) : past_s) * RATE_HZ);
    // A person does not leap where this machine is late; but lips do not lag behind the sound.
    at = Math.min(due, rig.speaks ? due : at + 1, frames.length - 1);
    const picture = frames[at];
    if (!picture.complete) return;
    context.drawImage(picture, 0, 0, WIDTH, HEIGHT);
    if (rig.light) illuminate(context);
  }

  const LATENCY_MS = 100; // of the screen and the camera
  const GAIN = 0.25; // media.sh drew what the screen adds four times as bright
  const FLAT = 0.1;
  const painted = []; // [time, colour], oldest first
  const added = document.createElement('canvas');
  added.width = WIDTH;
  added.height = HEIGHT;
  const light = added.getContext('2d');

  /** The colour that the page shows at its upper edge, through what is transparent. */
  function colourShown() {
    let element = document.elementFromPoint(innerWidth / 2, 4);
    while (element) {
      const [red, green, blue, alpha = 1] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number);
      if (alpha > 0) return `rgb(${red}, ${green}, ${blue})`;
      element = element.parentElement;
    }
    return 'rgb(255, 255, 255)';
  }

  function colourSeen() {
    const now = performance.now();
    painted.push([now, colourShown()]);
    const lag_ms = rig.light === 'late' ? 2000 : LATENCY_MS;
    while (painted.length > 1 && painted[1][0] <= now - lag_ms) painted.shift();
    return painted[0][1];
  }

  function illuminate(context) {
    light.globalCompositeOperation = 'source-over';
    if (rig.light !== 'flat') light.drawImage(clips.get('gain')[at], 0, 0, WIDTH, HEIGHT);
    if (rig.light !== 'flat') light.globalCompositeOperation = 'multiply';
    light.fillStyle = colourSeen();
    light.fillRect(0, 0, WIDTH, HEIGHT);
    context.globalCompositeOperation = 'lighter';
    context.globalAlpha = rig.light === 'flat' ? FLAT : GAIN;
    context.drawImage(added, 0, 0);
    context.globalAlpha = 1;
    context.globalCompositeOperation = 'source-over';
  }

  const start = MediaRecorder.prototype.start;
  MediaRecorder.prototype.start = function (...words) {
    began_ms = performance.now();
    at = 0;
    slot = -1;
    shown = null;
    clip = AT_REST;
    speech.began_ms = null;
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
    if (mouth) stream.addTrack(mouth.stream.getAudioTracks()[0].clone());
    await audio?.resume();
    return stream;
  };
  window.rigSpeaks = async (name, begin_s, aloud) => {
    await load('spoken', name);
    const sound = aloud && await (await fetch(`/rig/${name}.wav`)).arrayBuffer();
    speech.sound = sound && await audio.decodeAudioData(sound);
    speech.begin_s = begin_s;
  };
  // Before anything begins: it takes time.
  const done = Object.values(rig.obeys);
  window.rigIsReady = Promise.all([...(rig.light ? ['dark', 'gain'] : rig.speaks ? [] : ['still']), ...done.flatMap((action) => [`${action}-0`, `${action}-1`])].map((name) => load(name)));
})();
