import '../dist/popup.css';
import '../dist/popup.js';
