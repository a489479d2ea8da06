"""A contract for import-linter: what each layer may import from outside the project, as one table in `.importlinter`.

What is on the list `plain` (parts of the standard library without clock, chance, threads, processes or sockets) is free
for all. Of everything else a line names what a package of ours may import; the line of the innermost package counts.
"""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PackagesContract(Contract):  # type: ignore[misc] # import-linter publishes no types for plug-ins
    """Options: `plain`, packages that all may import; `allowed`, lines `PACKAGE: NAME NAME ...` below the root."""

    type_name = "packages"

    plain = fields.SetField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return whether every import from outside is on its list, and every name of a list is imported."""
        output.verbose_print(verbose, "Reading what each layer may import...")
        root = self.session_options["root_packages"][0]
        lists = {f"{root}.{name.strip()}": set(names.split()) for name, names in map(_halves, self.allowed)}
        found: dict[str, set[str]] = {name: set() for name in lists}
        wrong = []
        for module in sorted(graph.modules):
            if module.split(".")[0] != root:
                continue
            home = _innermost(module, lists)
            outside = {name.split(".")[0] for name in graph.find_modules_directly_imported_by(module)} - {root}
            for package in sorted(outside - set(self.plain)):
                if home is None or package not in lists[home]:
                    wrong.append(f"{module} -> {package}: the line of {home or 'its layer'} does not allow it")
                else:
                    found[home].add(package)
        for home, names in lists.items():
            wrong += [f"{home}: {name} is allowed and nobody imports it" for name in sorted(names - found[home])]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: Any) -> None:
        """Print a line for each fault."""
        for line in check.metadata["wrong"]:
            output.print_error(line)


def _halves(line: str) -> tuple[str, str]:
    name, _, names = line.partition(":")
    return name, names


def _innermost(module: str, names: Any) -> str | None:
    """Return the longest of some names of packages that a module lies in, None if it lies in none."""
    homes = [name for name in names if module == name or module.startswith(f"{name}.")]
    return max(homes, key=len, default=None)
