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
// What is shown is no more.
let over = false;

const dragging = () => "dragging" in document.documentElement.dataset;

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

// What has an identity of its own, and stays where it is while other things change around it.
const KEYED = "li[id], section[id]";

// What the reader looks at, of that which remains: the first row in view, or else the first part.
function anchor(remains) {
  const inView = (row) => row.getBoundingClientRect().bottom > 0 && remains(row);
  return [...live.querySelectorAll("li[id]")].find(inView) || [...live.querySelectorAll("section[id]")].find(inView);
}

const stops = (row) => [...row.querySelectorAll("a, summary")];

// Rows that are the same stay as they are, and what was opened or closed stays so.
function keep(fresh) {
  for (const details of fresh.querySelectorAll("details[id]")) {
    const old = document.getElementById(details.id);
    if (old) details.open = old.open;
  }
  const known = new Map([...live.querySelectorAll("li[id]")].map((row) => [row.id, row]));
  for (const row of fresh.querySelectorAll("li[id]")) {
    // Not in a row that stayed.
    if (!fresh.contains(row)) continue;
    const old = known.get(row.id);
    if (!old) {
      if (known.size) row.classList.add("fresh");
    } else if (old.textContent === row.textContent) {
      row.replaceWith(old);
    }
  }
}

// The element with the focus, if it is in this part, with the way to what takes its place later.
function focus() {
  const held = document.activeElement;
  if (!held || held === live || !live.contains(held)) return null;
  const row = held.closest(KEYED);
  const at = row && live.contains(row) ? stops(row).indexOf(held) : -1;
  const { top, bottom } = held.getBoundingClientRect();
  return {
    seenAt: bottom > 0 && top < window.innerHeight ? top : null,
    now: () => (held.isConnected ? held : at >= 0 ? stops(document.getElementById(row.id) || live)[at] : null),
  };
}

// Puts what is new in place and keeps focus, selection and scroll position.
function replace(fresh) {
  const held = focus();
  const row = window.scrollY > 0 || held ? anchor((row) => fresh.querySelector(`#${CSS.escape(row.id)}`)) : null;
  const top = row ? row.getBoundingClientRect().top : 0;
  keep(fresh);
  if ("parts" in live.dataset) {
    // What is between them, such as forms, is left alone.
    for (const part of [...fresh.children]) document.getElementById(part.id).replaceWith(part);
  } else {
    live.replaceChildren(...fresh.childNodes);
  }
  const target = held && held.now();
  // What has the focus and is seen is what the reader is at.
  const [stays, was] = target && held.seenAt !== null ? [target, held.seenAt] : [row && document.getElementById(row.id), top];
  if (stays) window.scrollBy(0, stays.getBoundingClientRect().top - was);
  if (held && document.activeElement !== target) (target || document.getElementById("content")).focus({ preventScroll: true });
}

// How many headlines there are, where that is told.
function size() {
  const counts = live.querySelector("[data-size]");
  return counts ? Number(counts.dataset.size) : 0;
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const gone = fresh.querySelector("[data-gone]");
  if (gone) {
    // What is being read stays; it is not asked for again.
    live.before(gone);
    over = true;
    return;
  }
  const before = size();
  replace(fresh);
  const more = size() - before;
  if (more > 0) say(`${more} new headline${more === 1 ? "" : "s"}`);
}

async function update() {
  const number = ++latest;
  const address = live.dataset.live;
  try {
    const headers = live.dataset.tag ? { "If-None-Match": live.dataset.tag } : {};
    const answer = await fetch(address, { headers, cache: "no-store", credentials: "same-origin" });
    if (number !== latest) return;
    if (answer.status === 401) return location.reload();
    if (failures) say("");
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      // Nor does anything move under what somebody drags; it is asked for again.
      if (number !== latest || dragging()) return;
      show(html);
      live.dataset.tag = answer.headers.get("ETag") || "";
      // The first headlines bring the filters with them, which are around this part.
      if (live.dataset.empty === "true" && live.querySelector(".counts")) location.reload();
    }
    failures = 0;
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
    if (!paused && !document.hidden && !writing && !dragging()) await update();
    if (!over) schedule();
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
  live.dataset.live = live.dataset.live.split("?")[0] + text;
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
      if (!paused && !over) update();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused && !over) update();
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
    whole.x = Math.min(full.x + full.width - bound, Math.max(full.x, x));
    whole.y = Math.min(full.y + full.height - height, Math.max(full.y, y));
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
    if (event.target.dataset.by === "0") show(full.x, full.y, full.width);
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
