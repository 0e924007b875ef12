// `node tooling/bootstrap.mjs <command> [arguments]`: brings what the house needs, then runs the command.
// No dependencies, and no syntax that an old Node could not read before it is told that it is too old.
var major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error('Twohop needs Node 20 or later to start (this is ' + process.versions.node + '): get it from https://nodejs.org');
  process.exitCode = 1;
} else {
  import('./src/bootstrap/main.mjs').then(function (bootstrap) {
    return bootstrap.main(process.argv.slice(2));
  });
}
