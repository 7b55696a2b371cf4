// The last script of every page.

// A file that misses the place for it must not replace the page.
for (const name of ["dragover", "drop"])
  window.addEventListener(name, (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());

// What is clicked before the other scripts have run would be lost.

document.getElementById("main").inert = false;
