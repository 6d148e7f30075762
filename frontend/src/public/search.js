import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

const SLICE = 12; // milliseconds at a time, so that the page stays quick

/** The smallest number n for which SHA-256("<challenge>:<n>") begins with `bits` zero bits, as text. */
export async function search(challenge, bits) {
  for (let n = 0; ; ) {
    const end = performance.now() + SLICE;
    do {
      if (zeros(sha256(utf8ToBytes(`${challenge}:${n}`))) >= bits) return String(n);
      n += 1;
    } while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function zeros(digest) {
  const byte = digest.findIndex((value) => value > 0);
  return byte < 0 ? digest.length * 8 : byte * 8 + Math.clz32(digest[byte]) - 24;
}
