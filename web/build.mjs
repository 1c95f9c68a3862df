// SPDX-License-Identifier: Apache-2.0
// Builds the page and writes it as one object for the server: build.mjs MODULES OUT NETWORKS
//   MODULES  the folder node_modules that tools/fetch.py filled
//   OUT      gets dist/, page.bin (every file plain, then by gzip, then by Brotli) and page_files.cpp (its table)
//   NETWORKS  the folder of the graphs that look for a face and for its points
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const here = import.meta.dirname;
const [modules, out, networks] = process.argv.slice(2).map((given) => path.resolve(given));
const dist = path.join(out, 'dist');

const MEDIA_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
};

async function bundle() {
  const { build } = await import(pathToFileURL(path.join(modules, 'vite/dist/node/index.js')));
  await build({
    configFile: false,
    root: here,
    base: './', // the server may stand behind any prefix
    cacheDir: path.join(out, 'vite'),
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: /^(preact|qrcode-generator|@tensorflow\/[a-z-]+)(?=$|\/)/, replacement: path.join(modules, '$1') },
        { find: /^networks(?=\/)/, replacement: networks },
      ],
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: dist,
      emptyOutDir: true,
      target: ['es2018', 'safari11.1'],
      assetsInlineLimit: 0, // the Content-Security-Policy has no data: for most of it
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 600, // kB: what runs networks comes later, and only where it is used
    },
  });
}

/** Every file of dist/, index.html first, with its three forms; a form that is no shorter is left empty. */
function files() {
  const names = fs.readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dist, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort((a, b) => (b === 'index.html') - (a === 'index.html') || (a < b ? -1 : 1));
  return names.map((name) => {
    const type = MEDIA_TYPES[path.extname(name)];
    if (!type) throw new Error(`no media type is known for ${name}`);
    const plain = fs.readFileSync(path.join(dist, name));
    const shorter = (form) => (form.length < plain.length ? form : Buffer.alloc(0));
    const gzip = shorter(zlib.gzipSync(plain, { level: 9 }));
    const brotli = shorter(zlib.brotliCompressSync(plain, {
      params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    }));
    return { name, type, plain, gzip, brotli };
  });
}

/** The table in C++; the bytes come by .incbin, as literals would take the compiler minutes. */
function embed(list) {
  const binary = path.join(out, 'page.bin');
  fs.writeFileSync(binary, Buffer.concat(list.flatMap((file) => [file.plain, file.gzip, file.brotli])));
  let at = 0;
  const view = (bytes) => {
    const text = `{selfsame_page_bytes + ${at}, ${bytes.length}}`;
    at += bytes.length;
    return text;
  };
  const rows = list.map(({ name, type, plain, gzip, brotli }) => {
    const etag = createHash('sha256').update(plain).digest('hex').slice(0, 32);
    return `    {"${name}", "${type}", "\\"${etag}\\"", ${view(plain)}, ${view(gzip)}, ${view(brotli)}},`;
  });
  fs.writeFileSync(path.join(out, 'page_files.cpp'), `// Made by web/build.mjs.
#include "adapters/page/files.h"

__asm__(
    ".pushsection .rodata\\n"
    ".global selfsame_page_bytes\\n"
    "selfsame_page_bytes:\\n"
    ".incbin \\"${binary}\\"\\n"
    ".popsection\\n");
extern "C" const std::uint8_t selfsame_page_bytes[${at}];

namespace selfsame::adapters::page {
namespace {

const PageFile kFiles[] = {
${rows.join('\n')}
};

}  // namespace

std::span<const PageFile> page_files() noexcept { return kFiles; }

}  // namespace selfsame::adapters::page
`);
}

await bundle();
embed(files());
