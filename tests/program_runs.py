"""What the tests of the built program share: running it, the shipped scenarios, and counting what fails."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCENARIOS = [path for folder in ('scenarios', 'scenarios/everyday', 'scenarios/path') for path in sorted((ROOT / folder).glob('*.yaml'))]
CLASSICS = sorted((ROOT / 'scenarios/classics').glob('*.yaml'))  # of more packets, for comparing
MESON_SKIP = 77


def run(program, *arguments, text='', cwd=None):
    """The program with these arguments: its exit status, stdout and stderr. `text` is its stdin."""
    command = [str(program), *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=cwd, check=False, timeout=300)


def without_sanitizer_notes(text):
    """AddressSanitizer warns once of swapcontext, which the processes' stacks need."""
    return ''.join(line for line in text.splitlines(True) if "doesn't fully support makecontext" not in line)


class Findings:
    """True sentences and false ones. Each false one is told; the end says how many there were."""

    def __init__(self):
        self.held = 0
        self.failed = 0

    def expect(self, holds, sentence):
        self.held += bool(holds)
        self.failed += not holds
        if not holds:
            print(f'FAILED: {sentence}', file=sys.stderr)
        return holds

    def exit(self):
        print(f'{self.held} held, {self.failed} failed')
        sys.exit(1 if self.failed or not self.held else 0)
