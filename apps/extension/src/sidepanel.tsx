import '../dist/sidepanel.css';
import '../dist/sidepanel.js';
