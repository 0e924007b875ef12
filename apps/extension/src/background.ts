import '../dist/background.js';
