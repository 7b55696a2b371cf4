// The last script of every page: what is clicked before the others have run would be lost.

document.getElementById("main").inert = false;
