// SPDX-License-Identifier: Apache-2.0
// The address of this page as a QR code. Loaded only where somebody asks for it.
import qrcode from 'qrcode-generator';

const QUIET = 4; // modules around it (ISO/IEC 18004)

/** One path over all dark modules, row by row. */
export function pathOf(text: string): { size: number; path: string } {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = '';
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { size: count + 2 * QUIET, path };
}

export function Code({ text, label }: { text: string; label: string }) {
  const { size, path } = pathOf(text);
  return (
    <svg class="code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  );
}
