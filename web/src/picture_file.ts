// SPDX-License-Identifier: Apache-2.0
// A photo as it is sent: no larger than what is read of it, so that a slow line takes seconds and not minutes.

const SIDE_MOST_PX = 2400;
const QUALITY = 0.92;

function load(url: string): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => fail(new Error('not a picture that this browser knows'));
    image.src = url;
  });
}

function jpegOf(image: HTMLImageElement, scale: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
}

/** The photo itself where the browser cannot read it, or where it is small. */
export async function fitted(photo: Blob): Promise<Blob> {
  const url = URL.createObjectURL(photo);
  try {
    const image = await load(url);
    const scale = SIDE_MOST_PX / Math.max(image.naturalWidth, image.naturalHeight);
    return scale < 1 ? ((await jpegOf(image, scale)) ?? photo) : photo;
  } catch {
    return photo;
  } finally {
    URL.revokeObjectURL(url);
  }
}
