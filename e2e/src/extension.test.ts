/** One file, so that one stack and one build serve all of it. First what the product's own limits are part of. */
import './extension/popup.ts';
import './extension/library.ts';
import './extension/options.ts';
import './extension/panel.ts';
import './extension/marks.ts';
import './extension/runs.ts';
