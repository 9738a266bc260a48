// Search while typing, live updates and ages that stay true. Everything else works without this file.
"use strict";

const EVERY = 5000;
const MOST = 60000;

const live = document.getElementById("live");
const form = document.querySelector("form.filters");
const said = document.querySelector("[data-said]");
let paused = false;
let failures = 0;
let timer = 0;
// Number of the latest request: older answers come too late.
let latest = 0;

function say(text) {
  if (said && said.textContent !== text) said.textContent = text;
}

// As the server says it: src/http/pages/time.rs.
function age(stamp) {
  const seconds = Math.floor((Date.now() - Date.parse(stamp)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 5184000) return `${Math.floor(seconds / 86400)} days ago`;
  return null;
}

function refreshAges() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const text = age(time.dateTime);
    if (text && time.textContent !== text) time.textContent = text;
  }
}

// The row with the focus, or else the first in view, of those that remain: it stays where it is.
function anchor(remains) {
  const held = document.activeElement && document.activeElement.closest("#live li[id]");
  if (held && remains(held)) return held;
  for (const row of live.querySelectorAll("li[id]")) {
    if (row.getBoundingClientRect().bottom > 0 && remains(row)) return row;
  }
  return null;
}

// Puts the new rows in place and keeps those that are the same, with focus, selection and scroll position.
function replace(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const ids = new Set([...fresh.querySelectorAll("li[id]")].map((row) => row.id));
  const reading = window.scrollY > 0 || live.contains(document.activeElement);
  const row = reading ? anchor((row) => ids.has(row.id)) : null;
  const top = row ? row.getBoundingClientRect().top : 0;
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && focused.closest("li[id]");
  const link = place ? [...place.querySelectorAll("a")].indexOf(focused) : -1;
  const known = new Map([...live.querySelectorAll("li[id]")].map((row) => [row.id, row]));
  for (const row of fresh.querySelectorAll("li[id]")) {
    const old = known.get(row.id);
    if (!old) {
      if (known.size) row.classList.add("fresh");
    } else if (old.textContent === row.textContent) {
      row.replaceWith(old);
    }
  }
  live.replaceChildren(...fresh.childNodes);
  const now = row && document.getElementById(row.id);
  if (now) window.scrollBy(0, now.getBoundingClientRect().top - top);
  const again = place && document.getElementById(place.id);
  if (again && link >= 0) {
    const target = again.querySelectorAll("a")[link];
    if (target) target.focus({ preventScroll: true });
  } else if (focused) {
    document.getElementById("content").focus({ preventScroll: true });
  }
}

async function update() {
  const number = ++latest;
  const address = live.dataset.live;
  try {
    const headers = live.dataset.tag ? { "If-None-Match": live.dataset.tag } : {};
    const answer = await fetch(address, { headers, cache: "no-store", credentials: "same-origin" });
    if (number !== latest) return;
    if (answer.status === 401) return location.reload();
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      if (number !== latest) return;
      replace(html);
      live.dataset.tag = answer.headers.get("ETag") || "";
      // The first headlines bring the filters with them, which are around this part.
      if (live.dataset.empty === "true" && live.querySelector(".counts")) location.reload();
    }
    failures = 0;
    say("");
  } catch {
    if (number !== latest) return;
    failures += 1;
    say("The service does not answer; trying again.");
  }
  refreshAges();
}

function schedule() {
  clearTimeout(timer);
  const wait = Math.min(EVERY * 2 ** Math.min(failures, 4), MOST);
  timer = setTimeout(async () => {
    // What somebody is about to send stays.
    const boxes = [...live.querySelectorAll("textarea")];
    const writing = boxes.some((box) => box.value || box === document.activeElement);
    if (!paused && !document.hidden && !writing) await update();
    schedule();
  }, wait);
}

// The list follows the form, and so does the address of the page.
function follow() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const usual = name === "sort" && form.elements.sort.selectedIndex === 0;
    if (value.trim() && !usual) query.set(name, value.trim());
  }
  const text = query.toString() ? `?${query}` : "";
  history.replaceState(null, "", text || location.pathname);
  live.dataset.live = `/fragments/topics${text}`;
  live.dataset.tag = "";
  update();
}

if (live) {
  const status = document.querySelector("[data-status]");
  const pause = document.querySelector("[data-pause]");
  if (status) status.hidden = false;
  if (pause) {
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      if (!paused) update();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused) update();
  });
  schedule();
}

if (form && live) {
  let typing = 0;
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(follow, 200);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    follow();
  });
  document.addEventListener("keydown", (event) => {
    const writing = event.target instanceof Element && event.target.matches("input, select, textarea");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      form.querySelector("[data-search]").focus();
    }
  });
}

// Behind TLS only the browser knows the whole address.
for (const command of document.querySelectorAll("[data-command]")) {
  if (location.protocol === "https:") {
    command.textContent = command.textContent.replace(`http://${location.host}`, location.origin);
  }
}

setInterval(refreshAges, 30000);

// The map: the part of the drawing that is seen follows the wheel, fingers, the mouse and the buttons.
const map = document.querySelector("[data-map]");
if (map) {
  const whole = map.viewBox.baseVal;
  const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const pointers = new Map();
  let moved = 0;

  const show = (x, y, width) => {
    const bound = Math.min(full.width, Math.max(full.width / 12, width));
    const height = (bound * full.height) / full.width;
    whole.width = bound;
    whole.height = height;
    whole.x = Math.min(full.width - bound, Math.max(0, x));
    whole.y = Math.min(full.height - height, Math.max(0, y));
  };
  // Zooms so that what is at a point of the window stays there.
  const zoom = (by, clientX, clientY) => {
    const box = map.getBoundingClientRect();
    const [shareX, shareY] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    const [x, y] = [whole.x + shareX * whole.width, whole.y + shareY * whole.height];
    const width = Math.min(full.width, Math.max(full.width / 12, whole.width / by));
    show(x - shareX * width, y - (shareY * width * full.height) / full.width, width);
  };

  map.classList.add("zoomable");
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX, event.clientY);
  }, { passive: false });
  map.addEventListener("dragstart", (event) => event.preventDefault());
  map.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (pointers.size === 1) moved = 0;
  });
  map.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const scale = whole.width / map.getBoundingClientRect().width;
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    moved += Math.hypot(dx, dy);
    if (others.length) {
      const [other] = others;
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
      const is = Math.hypot(event.clientX - other[0], event.clientY - other[1]);
      if (was > 0 && is > 0) zoom(is / was, other[0], other[1]);
    } else if (moved > 4) {
      // Only what is dragged is held, or a click would never reach the link.
      map.setPointerCapture(event.pointerId);
      map.classList.add("dragged");
      show(whole.x - dx * scale, whole.y - dy * scale, whole.width);
    }
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      map.classList.remove("dragged");
    });
  }
  map.addEventListener("click", (event) => {
    if (moved > 4) event.preventDefault();
  }, true);
  map.addEventListener("focusin", (event) => {
    const circle = event.target.closest("a") && event.target.querySelector("circle");
    if (!circle || whole.width === full.width) return;
    const [x, y] = [circle.cx.baseVal.value, circle.cy.baseVal.value];
    const inside = x > whole.x && x < whole.x + whole.width && y > whole.y && y < whole.y + whole.height;
    if (!inside) show(x - whole.width / 2, y - whole.height / 2, whole.width);
  });
  const buttons = document.querySelector("[data-zoom]");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const by = Number(event.target.dataset.by);
    const box = map.getBoundingClientRect();
    if (event.target.dataset.by === "0") show(0, 0, full.width);
    else if (by) zoom(by, box.left + box.width / 2, box.top + box.height / 2);
  });
}

// A file of labelled headlines goes into the box, where it can be seen before it is sent.
const file = document.querySelector("[data-file]");
if (file) {
  file.hidden = false;
  file.querySelector("input").addEventListener("change", async (event) => {
    const [chosen] = event.target.files;
    if (chosen) document.querySelector("[data-labelled]").value = await chosen.text();
  });
}

// Who signs a correction is filled in again the next time, from this browser alone.
const author = document.querySelector("[data-remember]");
if (author) {
  try {
    if (!author.value) author.value = localStorage.getItem("slugline-author") || "";
    author.form.addEventListener("submit", () => localStorage.setItem("slugline-author", author.value.trim()));
  } catch {
    // Storage may be shut off; then it is typed in.
  }
}
