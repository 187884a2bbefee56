// A client of live events with socket.io-client, as RingPlan's document shows it: URL and TOKEN are its arguments.
// Each event is a line of JSON; a line of standard input is an event to send, ["name", data].
const { io } = require('socket.io-client');
const [url, token] = process.argv.slice(2);
const socket = io(url, {
  path: '/ws',
  transports: ['websocket'],
  secure: true,
  autoConnect: false,
  reconnectionDelay: 1500
});
socket.onAny((name, data) => console.log(JSON.stringify([name, data])));
socket.connect();
socket.once('connect', () => socket.emit('authenticate', { token }));
require('readline').createInterface({ input: process.stdin })
  .on('line', (line) => socket.emit(...JSON.parse(line)))
  .on('close', () => socket.disconnect());
