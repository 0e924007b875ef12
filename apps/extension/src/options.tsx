import '../dist/options.css';
import '../dist/options.js';
