"""A family is a set of new files: one is added to a copy of the project, trained, measured, served and asked.

No Python file that was there is touched; the catalogue gets its entries.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest
from api import Api

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "models/toy.py": '''
        """A die that may be loaded."""

        from dataclasses import dataclass

        import torch
        from torch import Tensor, nn


        @dataclass(frozen=True)
        class ToyConfig:
            """Number of faces."""

            faces: int = 6


        class Toy(nn.Module):
            """One logit per face."""

            def __init__(self, config: ToyConfig):
                super().__init__()
                self.config = config
                self.logits = nn.Parameter(torch.zeros(config.faces))

            def forward(self) -> Tensor:
                """-> probabilities (faces,)."""
                return self.logits.softmax(0)
        ''',
    "training/toy.py": '''
        """Train the die to love its last face."""

        from dataclasses import dataclass
        from pathlib import Path

        import torch

        from aigc_demo.checkpoints import files
        from aigc_demo.models.toy import Toy, ToyConfig


        @dataclass(frozen=True)
        class Recipe:
            steps: int = 200


        RECIPES = {"toy-die": Recipe()}


        def start(recipe: Recipe, out: Path, run: Path, minutes: float) -> None:
            """Maximise the probability of the last face and write the weights to `out`."""
            model = Toy(ToyConfig())
            optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
            for _ in range(recipe.steps):
                optimiser.zero_grad()
                (-model()[-1].log()).backward()
                optimiser.step()
            files.save(model, out)
        ''',
    "evaluation/toy.py": '''
        """How loaded the die is."""

        from aigc_demo.evaluation.measurement import Measured, Task
        from aigc_demo.models.toy import Toy


        def measure(model: Toy, task: Task) -> Measured:
            """The probability of the last face."""
            return Measured({"last": float(model()[-1].detach())}, 1)
        ''',
    "services/toy/__init__.py": "",
    "services/toy/requests.py": '''
        """What can be asked of a die."""

        from dataclasses import dataclass
        from typing import Annotated, ClassVar

        from aigc_demo.core.params import SEED, Range, Request


        @dataclass(frozen=True)
        class Roll(Request):
            """Throw a die a few times."""

            queue: ClassVar[str] = "quick"

            count: Annotated[int, Range(1, 9)] = 3
            seed: Annotated[int, SEED] = 7
        ''',
    "services/toy/roll.py": '''
        """Throw a die a few times."""

        from collections.abc import Sequence

        import torch

        from aigc_demo.checkpoints.store import Store
        from aigc_demo.services.files import TEXT
        from aigc_demo.services.page_values import each
        from aigc_demo.services.text_saving import Document, Part
        from aigc_demo.services.toy.requests import Roll
        from aigc_demo.services.use_case import Json, UseCase


        @torch.inference_mode()
        def roll(store: Store, request: Roll) -> list[int]:
            """Faces, from 1 on."""
            generator = torch.Generator().manual_seed(request.seed)
            drawn = torch.multinomial(store.load("toy-die")().cpu(), request.count, True, generator=generator)
            return [face + 1 for face in drawn.tolist()]


        def value(request: Roll, faces: list[int]) -> Json:
            """The faces."""
            return {"faces": faces}


        def document(request: Roll, run: Sequence[list[int]]) -> Document:
            """The faces in a line."""
            return Document("Die", (Part(" ".join(map(str, run[-1]))),))


        USE_CASE: UseCase[Roll, list[int]] = UseCase(
            run=roll,
            page=each(value),
            numbers=value,
            file=document,
            formats=TEXT,
            checkpoints=lambda request: ("toy-die",),
            first=Roll(),
        )
        ''',
    "examples/toy_roll_library.py": """
        import torch

        REQUEST = {}

        torch.manual_seed(REQUEST["seed"])
        print(torch.randint(1, 7, (REQUEST["count"],)).tolist())
        """,
    "ui/tabs/toy/__init__.py": "",
    "ui/tabs/toy/page.py": '''
        """A die."""

        TABS = ("roll",)
        ''',
    "ui/tabs/toy/roll.py": '''
        """Throw a die a few times."""

        from aigc_demo.services.service import Service
        from aigc_demo.ui.use_case_form import UseCaseForm
        from aigc_demo.ui.widgets import bench, controls, result, view


        def build(service: Service) -> UseCaseForm:
            """Layout and wiring."""
            form = UseCaseForm("toy_roll", service)
            with form.tab(), bench():
                with controls():
                    form.slider("count", main=True)
                    form.seed()
                    form.buttons()
                with result():
                    faces = view("faces", '<p class="lx-faces"></p>', form.first_value, elem_id="toy_roll-view")
                    form.outcome(("txt", "html", "png", "json"))
            form.run(faces)
            return form
        ''',
    "ui/tabs/toy/roll.js": """
        // The faces that were thrown.
        (() => {
          luoxia.faces = (element, props, watch) => {
            const show = () => { element.querySelector("p").textContent = (props.value?.faces || []).join(" "); };
            show();
            watch("value", show);
          };
        })();
        """,
    "ui/tabs/toy/roll.css": """
        .lx-faces { font-size: 40px; }
        """,
    "ui/text/toy.toml": """
        title = { zh = "骰子", en = "A loaded die" }
        lead = { zh = "一个骰子。", en = "A die that loves its last face." }
        question = { zh = "会掷出几？", en = "What will it show?" }
        tab_roll = { zh = "掷", en = "Roll" }
        count = { zh = "次数", en = "Throws" }
        """,
}
ENTRY = """
[[checkpoint]]
id = "toy-die"
family = "toy"
model = "aigc_demo.models.toy:Toy"
config = "aigc_demo.models.toy:ToyConfig"
file = "checkpoints/toy-die.safetensors"
data = "none"
licence = "none"
command = "python -m aigc_demo.training toy-die"
evaluate = "aigc_demo.evaluation.toy:measure"
"""
MAKE = """
from aigc_demo.checkpoints.catalogue import checkpoint
from aigc_demo.checkpoints.store import Store
from aigc_demo.evaluation.__main__ import measure
from aigc_demo.evaluation.measurement import Task
from aigc_demo.services import first_results
from aigc_demo.training import command

command.main(["toy-die", "--set", "steps=100"])
print(measure(Task(checkpoint("toy-die"), Store())).metrics["last"] > 0.9)
first_results.main(["toy"])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with one family more, whose weights and first result are made by its commands."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("aigc_demo", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "assets", folder / "assets", copy_function=os.symlink)
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for name, text in FILES.items():
        path = folder / "aigc_demo" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as new:  # "x": it is no file of ours
            new.write(textwrap.dedent(text).lstrip("\n"))
    listing = folder / "aigc_demo" / "checkpoints" / "catalogue.toml"
    families, first, checkpoints = listing.read_text("utf-8").partition("[[checkpoint]]")
    listing.write_text(f'{families}[[family]]\nstem = "toy"\n\n{first}{checkpoints}\n{ENTRY}', encoding="utf-8")
    assert python(folder, "-c", MAKE).splitlines()[-1] == "True"
    return folder


def python(folder, *arguments):
    """What a Python program prints in a folder; its errors where it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_commands_made_its_weights_and_its_first_result(project):
    assert (project / "assets" / "checkpoints" / "toy-die.safetensors").is_file()
    assert '"faces": [' in (project / "assets" / "examples" / "toy_roll.json").read_text()
    assert not list((ROOT / "assets").rglob("toy*"))


def test_it_keeps_the_laws_of_the_house(project):
    laws = ("tests/test_use_cases.py", "tests/test_layers.py", "tests/test_ui_text.py")
    assert " passed" in python(project, "-m", "pytest", "-q", *laws, "-k", "toy or every_view or both_languages")


def test_it_is_served_and_answers(project, start):
    _, address = start(project)
    with httpx.Client(timeout=60, headers={"accept-language": "en"}) as client:
        page, landing = (client.get(f"{address}/{path}").text for path in ("toy", ""))
        assert "A loaded die" in page and "A loaded die" in landing and "⟦" not in page
        ours, other = (
            "".join(client.get(f"{address}/{file}").text for file in re.findall(r"kept-\w+\.(?:js|css)", html))
            for html in (page, landing)
        )
        assert "luoxia.faces" in ours and ".lx-faces" in ours and "luoxia.faces" not in other
        api = Api(address, client)
        how, (file, result) = api.values("toy_roll", 4, 3, "txt")
        assert how == "complete" and len(result["faces"]) == 4 and set(result["faces"]) <= set(range(1, 7))
        assert result["card"]["checkpoint"] == "toy-die" and result["parameters"] == 6
        assert client.get(file["url"]).text.startswith(" ".join(map(str, result["faces"])))
        how, said = api.values("toy_roll", 10, 3, "txt")
        assert how == "error" and api.judged(said)
