// SPDX-License-Identifier: Apache-2.0
// The camera of the browser. Pictures are taken as the sensor sees them; only the preview is a mirror.

export type Device = 'camera' | 'microphone';

/** Why there is no picture or no sound. */
export class CameraTrouble extends Error {
  device: Device;
  why: 'refused' | 'missing' | 'busy';

  constructor(device: Device, why: 'refused' | 'missing' | 'busy') {
    super(`${device} ${why}`);
    this.device = device;
    this.why = why;
  }
}

export interface Still {
  content: Blob;
  time_s: number; // since the recording began
}

export interface CameraFacts {
  labels: string[]; // the one in use first
  width_px: number;
  height_px: number;
  frame_rate_hz: number;
}

/** A recording under way. Its time begins with its first frame. */
export interface Take {
  began_ms: number; // of performance.now()
  still(): Promise<Blob>;
  finish(): Promise<Blob>;
  drop(): void;
}

export interface Viewfinder {
  stream: MediaStream;
  facts(): Promise<CameraFacts>;
  record(): Promise<Take>;
  onLost(tell: () => void): void; // unplugged, or taken by another program
  close(): void;
}

export interface Cameras {
  canRecord: boolean;
  canShow: boolean;
  open(sound: boolean): Promise<Viewfinder>;
  openBack(): Promise<Viewfinder>; // the one that looks away from the person, with as many pixels as it has
}

const REFUSED = ['NotAllowedError', 'SecurityError', 'PermissionDeniedError'];
const MISSING = ['NotFoundError', 'DevicesNotFoundError', 'OverconstrainedError'];
// H.264 first: phones have it in hardware, and without that it still loses no frames where VP8 does.
const TYPES = ['video/webm;codecs=h264', 'video/mp4', 'video/webm;codecs=vp8', 'video/webm'];
const TYPES_WITH_SOUND = ['video/webm;codecs=h264,opus', 'video/mp4', 'video/webm;codecs=vp8,opus', 'video/webm'];
const BITS_PER_SECOND = 2_500_000;
const STILL_QUALITY = 0.9;
const PICTURE: MediaTrackConstraints = {
  facingMode: 'user', width: { ideal: 960 }, height: { ideal: 720 }, frameRate: { ideal: 30 },
};
const DOCUMENT: MediaTrackConstraints = { facingMode: 'environment', width: { ideal: 2560 }, height: { ideal: 1920 } };
const SOUND: MediaTrackConstraints = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };

function troubleOf(error: unknown, device: Device): CameraTrouble {
  const name = error instanceof Error ? error.name : '';
  if (REFUSED.includes(name)) return new CameraTrouble(device, 'refused');
  return new CameraTrouble(device, MISSING.includes(name) ? 'missing' : 'busy');
}

/** Both in one question to the person; when that fails, which of the two it was. */
async function openStream(video: MediaTrackConstraints, sound: boolean): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  try {
    return await devices.getUserMedia({ video, audio: sound ? SOUND : false });
  } catch (error) {
    if (!sound) throw troubleOf(error, 'camera');
    let alone: MediaStream;
    try {
      alone = await devices.getUserMedia({ video });
    } catch (own) {
      throw troubleOf(own, 'camera');
    }
    for (const track of alone.getTracks()) track.stop();
    throw troubleOf(error, 'microphone');
  }
}

/** Firefox waits for ever for the sound of a type that names one, where the stream has none. */
function recorderOf(stream: MediaStream): MediaRecorder {
  const types = stream.getAudioTracks().length > 0 ? TYPES_WITH_SOUND : TYPES;
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
  return new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_SECOND });
}

function once(target: EventTarget, name: string): Promise<void> {
  return new Promise((done) => target.addEventListener(name, () => done(), { once: true }));
}

/** A hidden picture of the stream, from which stills are drawn. */
async function pictureOf(stream: MediaStream): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  return video;
}

export function stillOf(video: HTMLVideoElement, canvas: HTMLCanvasElement): Promise<Blob> {
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no still'))), 'image/jpeg', STILL_QUALITY);
  });
}

async function startTake(stream: MediaStream): Promise<Take> {
  const picture = await pictureOf(stream);
  const canvas = document.createElement('canvas');
  const recorder = recorderOf(stream);
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const started = once(recorder, 'start');
  recorder.start(1000);
  await started;
  const stop = () => {
    if (recorder.state !== 'inactive') recorder.stop();
    picture.srcObject = null;
  };
  return {
    began_ms: performance.now(),
    still: () => stillOf(picture, canvas),
    finish: async () => {
      const stopped = once(recorder, 'stop');
      stop();
      await stopped;
      return new Blob(parts, { type: recorder.mimeType });
    },
    drop: stop,
  };
}

async function factsOf(stream: MediaStream): Promise<CameraFacts> {
  const [track] = stream.getVideoTracks();
  const { width = 0, height = 0, frameRate = 0 } = track.getSettings();
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const others = all.filter(({ kind, label }) => kind === 'videoinput' && label && label !== track.label);
  return {
    labels: [track.label, ...others.map(({ label }) => label)].filter(Boolean),
    width_px: width, height_px: height, frame_rate_hz: frameRate,
  };
}

function viewfinderOf(stream: MediaStream): Viewfinder {
  return {
    stream,
    facts: () => factsOf(stream),
    record: () => startTake(stream),
    onLost: (tell) => {
      for (const track of stream.getTracks()) track.addEventListener('ended', tell);
    },
    close: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

export const browserCameras: Cameras = {
  get canRecord() {
    return this.canShow && typeof MediaRecorder === 'function';
  },
  get canShow() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  },
  open: async (sound) => viewfinderOf(await openStream(PICTURE, sound)),
  openBack: async () => viewfinderOf(await openStream(DOCUMENT, false)),
};
