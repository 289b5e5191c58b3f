// Bundles the pages' style sheet: the rules of Tabler that our templates use, then our own layers, minified.
// Run by `manage.py build_assets` in a folder that holds node_modules and styles/:
//   node build_styles.mjs OUTPUT.css FILE_THAT_NAMES_CLASSES...
import { readFileSync, writeFileSync } from "node:fs";
import { bundle, transform } from "lightningcss";
import { PurgeCSS } from "purgecss";

const [output, ...content] = process.argv.slice(2);
const TABLER = "node_modules/@tabler/core/dist/css/tabler.css";
const FONTS = "node_modules/@fontsource-variable/inter/wght.css";

// Classes that frameworks add while a page runs or a form is drawn, so no template names them.
const safelist = ["is-invalid", "is-valid", "show", "active", "disabled", "collapsed"];

const [used] = await new PurgeCSS().purge({
  content,
  css: [{ raw: dropComments(readFileSync(TABLER, "utf8")) }],
  safelist,
  variables: true,
  keyframes: true,
  defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
});
writeFileSync("styles/tabler.css", used.css);
writeFileSync("styles/fonts.css", readFileSync(FONTS, "utf8").replaceAll("./files/", "../fonts/"));

const { code } = bundle({ filename: "styles/index.css", minify: true });
// The bundler keeps what single sheets left behind; a second pass merges rules across them.
writeFileSync(output, transform({ filename: output, code, minify: true }).code);

function dropComments(css) {
  return css.replace(/\/\*[\s\S]*?\*\//g, "");
}
