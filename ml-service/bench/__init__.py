"""What `npm run bench -- ml` measures; judged and written down in tooling/src/bench."""
