"use strict";
// Enters the meeting of this page's address: asks for a ticket, and calls it by SIP over a websocket (JsSIP).
const part = (id) => document.getElementById(id);
const LATER = "The meeting cannot take you now. Try again in a moment.";
const CAUSES = {
  "User Denied Media Access": "Your browser may not use the microphone. Allow it for this page and join again.",
  "WebRTC Error": "Your browser could not open the microphone. Is one connected, and used by nothing else?",
  "Connection Error": "The connection was lost. Join again.",
  "Not Found": "The meeting did not take you: load this page again.",
  Rejected: LATER,
};
let agent = null, call = null, meter = null;

function say(sentence, problem = false) {
  part("status").textContent = sentence;
  part("status").classList.toggle("problem", problem);
}

function outside(sentence, problem = false) {
  if (agent) agent.stop();
  if (meter) clearInterval(meter);
  agent = call = meter = null;
  part("speaker").srcObject = null;
  part("inside").hidden = true;
  part("enter").hidden = false;
  part("join").disabled = false;
  document.body.dataset.state = problem ? "failed" : "outside";
  say(sentence, problem);
}

function inside() {
  part("enter").hidden = true;
  part("inside").hidden = false;
  part("keys").hidden = document.body.dataset.role !== "host";
  document.body.dataset.state = "inside";
  say("You are in the meeting.");
  part("mute").focus();
}

async function ticket() {
  const answer = await fetch(location.pathname, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: part("name").value }),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error([404, 409, 429].includes(answer.status) ? said.error : LATER);
  return said;
}

// How loud the microphone is, ten times a second, as the browser's own statistics say.
function watch(connection) {
  meter = setInterval(async () => {
    for (const one of (await connection.getStats()).values()) {
      if (one.type === "media-source" && one.kind === "audio") part("level").value = one.audioLevel ?? 0;
    }
  }, 100);
}

function hear(connection) {
  connection.addEventListener("track", (event) => {
    part("speaker").srcObject = event.streams[0] ?? new MediaStream([event.track]);
  });
  watch(connection);
}

async function join() {
  part("join").disabled = true;
  document.body.dataset.state = "joining";
  say("Connecting …");
  let entry;
  try {
    entry = await ticket();
  } catch (error) {
    outside(error instanceof TypeError ? CAUSES["Connection Error"] : error.message, true);
    return;
  }
  const url = new URL("../sip", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const host = entry.uri.slice(entry.uri.indexOf("@") + 1);
  agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url.href)],
    uri: `sip:${entry.user}@${host}`,
    password: entry.password,
    register: false,
    session_timers: false,
  });
  agent.once("connected", () => {
    call = agent.call(entry.uri, { mediaConstraints: { audio: true, video: false } });
    if (call.connection) hear(call.connection);
    else call.on("peerconnection", (event) => hear(event.peerconnection));
    call.on("confirmed", inside);
    call.on("failed", (event) => outside(CAUSES[event.cause] ?? `The meeting could not be entered: ${event.cause}.`, true));
    call.on("ended", (event) => outside(event.originator === "local" ? "You have left the meeting." : "The meeting has ended, or you were removed from it."));
  });
  agent.once("disconnected", () => { if (!call) outside(CAUSES["Connection Error"], true); });
  agent.start();
}

part("enter").addEventListener("submit", (event) => { event.preventDefault(); join(); });
part("leave").addEventListener("click", () => call?.terminate());
part("mute").addEventListener("click", () => {
  const muted = !call.isMuted().audio;
  if (muted) call.mute({ audio: true }); else call.unmute({ audio: true });
  part("mute").setAttribute("aria-pressed", String(muted));
  part("mute").textContent = muted ? "Unmute" : "Mute";
  say(muted ? "You are muted." : "You are in the meeting.");
});
part("keys").addEventListener("click", (event) => { if (event.target.tagName === "BUTTON") call?.sendDTMF(event.target.textContent); });
