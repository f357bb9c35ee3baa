// The floor of fan-out: Node's `ws`. node fan_node.js PORT BYTES (NODE_PATH = where ws is); POST /pub sends one event.
const http = require('http');
const { WebSocketServer } = require('ws');
const [port, bytes] = [+process.argv[2], +process.argv[3]];
const event = () => ({ type: 'event', name: 'message.created', seq: 123456789, at: Date.now(), data: { text: '' } });
const filling = 'x'.repeat(Math.max(0, bytes - JSON.stringify(event()).length));
let sockets;
const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const body = event();
    body.data.text = filling;
    const text = JSON.stringify(body);
    for (const each of sockets.clients) if (each.readyState === 1) each.send(text);
    response.end('ok');
  });
});
server.keepAliveTimeout = 600000;
sockets = new WebSocketServer({ server, path: '/ws', perMessageDeflate: false });
server.listen(port, '127.0.0.1', 4096);
