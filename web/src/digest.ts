// SPDX-License-Identifier: Apache-2.0

/** SHA-256 in lower-case hexadecimal. */
export async function sha256Of(content: Blob | string): Promise<string> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : await bytesOf(content);
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return hexOf(new Uint8Array(digest));
}

function bytesOf(content: Blob): Promise<ArrayBuffer> {
  if (content.arrayBuffer) return content.arrayBuffer();
  return new Promise((done, fail) => { // Safari before 14
    const reader = new FileReader();
    reader.onload = () => done(reader.result as ArrayBuffer);
    reader.onerror = () => fail(reader.error);
    reader.readAsArrayBuffer(content);
  });
}

/** 64 random hexadecimal digits. */
export function randomKey(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(32)));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
