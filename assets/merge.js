// Merging by drag, for who may correct: a topic or story whose name or grip is dropped on another leads to the preview of
// the form that has the other take it in. Nothing changes before somebody says so there.
"use strict";

{
  const ROW = "[data-merge] > li[id]";
  let dragged = null;

  const rowAt = (node) => (node instanceof Element ? node.closest(ROW) : null);

  // The row that would take in the one that is dragged.
  const taker = (event) => {
    const row = dragged && rowAt(event.target);
    return row && row !== dragged && row.parentElement === dragged.parentElement ? row : null;
  };

  const mark = (row) => {
    for (const other of document.querySelectorAll(".takes")) if (other !== row) other.classList.remove("takes");
    if (row) row.classList.add("takes");
  };

  const end = () => {
    mark(null);
    if (!dragged) return;
    dragged.classList.remove("dragged");
    dragged = null;
    delete document.documentElement.dataset.dragging;
  };

  // Sends the form that the page of the other has, as if this one had been ticked there.
  const ask = (from, into) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = `${into.querySelector("h2 a, h3 a").getAttribute("href")}/edit`;
    for (const [name, value] of [["do", "merge"], ["from", from.id]]) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };

  document.documentElement.dataset.draggable = "";

  document.addEventListener("dragstart", (event) => {
    const handle = event.target instanceof Element && event.target.closest(".grip, h2 a, h3 a");
    const row = handle && rowAt(handle);
    if (!row) return;
    dragged = row;
    row.classList.add("dragged");
    // Rows are not put in place of others meanwhile.
    document.documentElement.dataset.dragging = "";
    event.dataTransfer.effectAllowed = "linkMove";
    if (handle.matches(".grip")) event.dataTransfer.setData("text/plain", row.querySelector("h2 a, h3 a").textContent);
    event.dataTransfer.setDragImage(row.firstElementChild, 12, 12);
  });
  document.addEventListener("dragover", (event) => {
    const row = taker(event);
    mark(row);
    if (!row) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  document.addEventListener("drop", (event) => {
    const [from, into] = [dragged, taker(event)];
    if (!into) return;
    event.preventDefault();
    end();
    ask(from, into);
  });
  document.addEventListener("dragend", end);
}
