// Makes an animated WebP of screenshots. The browser encodes the pictures, so no other encoder is needed. A frame holds
// only the rectangle that has changed. The container is described at
// <https://developers.google.com/speed/webp/docs/riff_container>.

const VP8X_ANIMATION = 0x02;
/** Frames replace the pixels below them instead of blending with them. */
const ANMF_NO_BLEND = 0x02;
/** From 0 to 1. Text stays readable. */
const QUALITY = 0.72;

/** Encodes screenshots in a blank page: returns the changed rectangles as WebP pictures, in base64. */
function encodeChanges({ shots, quality }) {
  const draw = async (shot) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${shot}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { alpha: false });
    context.drawImage(bitmap, 0, 0);
    return { bitmap, pixels: new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer) };
  };
  const changed = ({ width, height }, before, after) => {
    let [left, top, right, bottom] = [width, height, -1, -1];
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        if (before && before[y * width + x] === after[y * width + x]) continue;
        [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
      }
    }
    // The container counts positions in steps of two pixels.
    const [x, y] = [left & ~1, top & ~1];
    return right < 0 ? undefined : { x, y, width: right + 1 - x, height: bottom + 1 - y };
  };
  const encode = async (bitmap, { x, y, width, height }) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d", { alpha: false }).drawImage(bitmap, -x, -y);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  };
  return (async () => {
    let before;
    const frames = [];
    for (const shot of shots) {
      const { bitmap, pixels } = await draw(shot);
      const area = changed(bitmap, before, pixels);
      frames.push(area && { ...area, picture: await encode(bitmap, area) });
      before = pixels;
    }
    return frames;
  })();
}

const number = (value, bytes) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
};

function chunk(name, ...parts) {
  const payload = Buffer.concat(parts);
  const padding = Buffer.alloc(payload.length % 2);
  return Buffer.concat([Buffer.from(name, "latin1"), number(payload.length, 4), payload, padding]);
}

/** Returns the chunks of a still picture that hold its pixels. */
function pixelsOf(webp) {
  const chunks = [];
  for (let at = 12; at < webp.length; ) {
    const size = webp.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (webp.toString("latin1", at, at + 4).startsWith("VP8") && webp[at + 3] !== 0x58) chunks.push(webp.subarray(at, end));
    at = end;
  }
  return Buffer.concat(chunks);
}

/**
 * Returns an animated WebP of screenshots in PNG, each shown for `frameMs`, and the last one for `lastMs`. `browser`
 * encodes them.
 */
export async function animate(browser, shots, { width, height, frameMs, lastMs }) {
  const page = await browser.blankPage();
  const encoded = await page.evaluate(encodeChanges, {
    shots: shots.map((shot) => shot.toString("base64")),
    quality: QUALITY,
  });
  await page.close();
  const frames = [];
  for (const frame of encoded) {
    // A screenshot without a change makes the frame before it longer.
    if (frame) frames.push({ ...frame, ms: frameMs });
    else frames.at(-1).ms += frameMs;
  }
  frames.at(-1).ms += lastMs;
  const size = (pixels) => number(pixels - 1, 3);
  const body = Buffer.concat([
    Buffer.from("WEBP", "latin1"),
    chunk("VP8X", number(VP8X_ANIMATION, 4), size(width), size(height)),
    // No background color, and an endless loop.
    chunk("ANIM", number(0, 4), number(0, 2)),
    ...frames.map(({ x, y, width: across, height: down, ms, picture }) =>
      chunk(
        "ANMF",
        number(x / 2, 3),
        number(y / 2, 3),
        size(across),
        size(down),
        number(ms, 3),
        number(ANMF_NO_BLEND, 1),
        pixelsOf(Buffer.from(picture, "base64")),
      ),
    ),
  ]);
  return Buffer.concat([Buffer.from("RIFF", "latin1"), number(body.length, 4), body]);
}
