// SPDX-License-Identifier: Apache-2.0
// A finished recording until it is sealed, so that a reload in mid-upload goes on. Erased with the end of its challenge.
import type { Recording } from './upload.ts';

export interface Keep {
  put(recording: Recording): Promise<void>;
  get(): Promise<Recording | null>;
  clear(): Promise<void>;
}

const STORE = 'recordings';

function openBase(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open('selfsame', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** Runs one operation; a browser that keeps nothing (private windows) is like an empty store. */
async function within<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  try {
    const base = await openBase();
    return await new Promise<T>((done, fail) => {
      const work = base.transaction(STORE, mode);
      const request = ask(work.objectStore(STORE));
      work.oncomplete = () => done(request.result);
      work.onabort = () => fail(work.error);
    }).finally(() => base.close());
  } catch {
    return null;
  }
}

/** One recording for each session, by the hash of its token. */
export function browserKeep(name: string): Keep {
  return {
    put: async (recording) => void (await within('readwrite', (store) => store.put(recording, name))),
    get: async () => (await within<Recording | undefined>('readonly', (store) => store.get(name))) ?? null,
    clear: async () => void (await within('readwrite', (store) => store.delete(name))),
  };
}
