// Bundles scripts and style sheets into static/dist: hashed names, manifest.json, THIRD-PARTY-NOTICES.txt.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.env.PORTAL_DIST ?? join(here, "../static/dist"));
process.chdir(here);

const options = {
  entryPoints: ["src/public.js", "src/console.js"],
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [{ name: "record", setup: (b) => b.onEnd((result) => result.errors.length || record(result.metafile)) }],
};

function record({ inputs, outputs }) {
  writeFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), notices(Object.keys(inputs)));
  // The manifest comes last: while it is missing, the Python side knows that the build is not whole.
  writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest(outputs), null, 2) + "\n");
}

function manifest(outputs) {
  const found = {};
  for (const [file, { entryPoint, cssBundle }] of Object.entries(outputs)) {
    const name = entryPoint?.match(/^src\/(\w+)\.js$/)?.[1];
    if (!name) continue;
    found[name] = { js: relative(out, resolve(file)) };
    if (cssBundle) found[name].css = relative(out, resolve(cssBundle));
  }
  return found;
}

// Only packages that are really in the bundle are named, each with its licence text.
function notices(inputs) {
  const packages = inputs.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean);
  return [...new Set(packages)].sort().map(notice).join("\n");
}

function notice(name) {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8") : ""}\n`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
if (process.argv.includes("--watch")) await (await context(options)).watch();
else await build(options);
