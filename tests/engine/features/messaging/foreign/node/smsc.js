// node-smpp as an SMSC or as a client, told what to do by lines of JSON, and telling in lines what comes in.
//
// node smsc.js server               tells {"port": …}; then {"submit": …} of each submit_sm; takes {"deliver": …}
// node smsc.js client PORT PASSWORD tells {"bound": …}; then {"deliver": …} of each deliver_sm; takes {"submit": …}
'use strict';
const smpp = require('smpp');
const readline = require('readline');

const STATUSES = {49151000001: smpp.ESME_RTHROTTLED, 49151000002: smpp.ESME_RINVDSTADR};
const OPTIONS = ['receipted_message_id', 'message_state', 'sar_msg_ref_num', 'sar_total_segments', 'sar_segment_seqnum'];
let taken = 0;

function tell(what) {
  process.stdout.write(JSON.stringify(what) + '\n');
}

function shown(pdu) {
  const fields = {text: String(pdu.short_message.message), udh: (pdu.short_message.udh || []).map((one) => one.toString('hex'))};
  for (const name of ['source_addr', 'source_addr_ton', 'source_addr_npi', 'destination_addr', 'dest_addr_ton',
    'dest_addr_npi', 'esm_class', 'data_coding', 'registered_delivery', ...OPTIONS]) {
    if (pdu[name] !== undefined) fields[name] = pdu[name];
  }
  return fields;
}

function receipt(session, pdu, id) {
  session.deliver_sm({
    source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2611291200 done date:2611291200 stat:DELIVRD err:000 text:`,
    receipted_message_id: id, message_state: 2,
  });
}

function listen(take) {
  readline.createInterface({input: process.stdin}).on('line', (line) => take(JSON.parse(line))).on('close', () => process.exit());
}

function serve() {
  let last = null;
  const server = smpp.createServer((session) => {
    session.on('bind_transceiver', (pdu) => {
      last = session;
      session.send(pdu.response());
    });
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu) => {
      const status = STATUSES[pdu.destination_addr] || 0;
      const id = status ? '' : `n${++taken}`;
      tell({submit: shown(pdu)});
      session.send(pdu.response({command_status: status, message_id: id}));
      if (!status) receipt(session, pdu, id);
    });
    session.on('error', () => {});
  });
  server.listen(0, '127.0.0.1', () => tell({port: server.address().port}));
  listen(({deliver}) => last.deliver_sm(deliver, (pdu) => tell({acknowledged: pdu.command_status})));
}

function connect(port, password) {
  const session = smpp.connect({url: `smpp://127.0.0.1:${port}`}, () => {
    session.bind_transceiver({system_id: 'carillon', password}, (pdu) => tell({bound: pdu.command_status}));
  });
  session.on('deliver_sm', (pdu) => {
    tell({deliver: shown(pdu)});
    session.send(pdu.response());
  });
  session.on('error', () => {});
  listen(({submit}) => session.submit_sm(submit, (pdu) => tell({answered: {status: pdu.command_status, id: pdu.message_id}})));
}

if (process.argv[2] === 'server') serve();
else connect(process.argv[3], process.argv[4]);
