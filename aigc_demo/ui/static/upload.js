// luoxia.takePictures(root, then): a picture that a person chooses or drops on `root` is handed to then(data URL).
// The server makes every picture plain (data/picture_files.py). Here one that is too large to send, or of a kind that
// only this browser reads, is made smaller, as it is seen: upright. What cannot be read is said.
(() => {
  const { text } = luoxia;
  const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"]; // what the server reads
  const MOST = 1_400_000; // bytes that are sent
  const SIDE = 1600; // pixels of a side, when made smaller

  const asItIs = (file) =>
    new Promise((then, fail) => {
      const reader = new FileReader();
      reader.onload = () => then(reader.result);
      reader.onerror = () => fail(reader.error);
      reader.readAsDataURL(file);
    });
  const smaller = async (file) => {
    const picture = await createImageBitmap(file);
    for (let side = SIDE;; side /= 2) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const [width, height] = [picture.width, picture.height].map((length) => Math.max(1, Math.round(length * scale)));
      const canvas = luoxia.make("canvas", { width, height });
      canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
      const url = canvas.toDataURL("image/webp", 0.92); // PNG in a browser without WebP
      if (url.length * 0.75 > MOST) continue;
      if (scale < 1 || file.size > MOST) {
        luoxia.toast(
          luoxia.fill(text.picture_smaller, {
            from: `${picture.width} × ${picture.height}`,
            to: `${width} × ${height}`,
          }),
        );
      }
      return url;
    }
  };
  const read = async (file) => {
    try {
      return await (file.size <= MOST && KINDS.includes(file.type) ? asItIs(file) : smaller(file));
    } catch {
      luoxia.toast(text.picture_unreadable);
      return "";
    }
  };

  // a file that is dropped on an element
  luoxia.onDrop = (root, take) => {
    for (const kind of ["dragover", "drop"]) {
      root.addEventListener(kind, (event) => {
        if (![...event.dataTransfer.items].some((item) => item.kind === "file")) return;
        event.preventDefault();
        event.stopPropagation(); // elsewhere on the page a dropped file is one that was saved here
        if (kind === "drop") take(event.dataTransfer.files[0]);
      });
    }
  };

  luoxia.takePictures = (root, then) => {
    const input = root.querySelector("input[type=file]");
    const take = async (file) => {
      const url = file && await read(file);
      if (url) then(url);
    };
    root.querySelector(".lx-upload").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      take(input.files[0]);
      input.value = "";
    });
    luoxia.onDrop(root, take);
  };
})();
