"""Has the product's modules run when they are first used: a function's start, and its first call, need a part of what
they import.

`import` finds a module and stands a proxy for it, which turns into the module once an attribute is asked for; `from m
import name` asks at once. So what a module does besides defining names would come late: modules that do something
else are listed, and run when they are imported, as packages are. Static tools see the same imports as ever.
"""

import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# Below the package: these check what the function was deployed with. A bundle's main.py imports those that it reaches.
AT_ONCE = ("gcp.tasks", "sealing")
_OF_THE_IMPORT = frozenset({"__class__", "__file__", "__loader__", "__name__", "__package__", "__path__", "__spec__"})


def install(package: str) -> None:
    """Have a package's modules that are imported from now on run when they are first used."""
    if not any(isinstance(finder, _Finder) and finder.package == package for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(package))


def run(name: str) -> None:
    """Run a module that declares what packages below it need, by its name below the package: whoever imports it may
    not have run. Nothing where the function does not have it, or modules are not lazy."""
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            whole = f"{finder.package}.{name}"
            try:
                vars(import_module(whole))  # a use
            except ModuleNotFoundError as error:
                if not f"{whole}.".startswith(f"{error.name}."):
                    raise


class _Finder:
    """Finds modules as ever, and has them loaded late."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(f"{self.package}.") or name.removeprefix(f"{self.package}.") in AT_ONCE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader and spec.submodule_search_locations is None:
            spec.loader = _LateLoader(spec.loader)
        return spec


class _LateLoader(Loader):
    """Runs a module, once, for the first thread that uses it; others wait. Imports without circles cannot deadlock."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = threading.RLock()
        self._running = False

    def create_module(self, spec: ModuleSpec) -> None:
        """As any other."""

    def exec_module(self, module: ModuleType) -> None:
        """Make it a proxy."""
        module.__class__ = _Proxy

    def run(self, module: ModuleType) -> None:
        """Turn the proxy into the module; after an error the next use tries again. Its own code finds it as it is."""
        with self._lock:
            if self._running or type(module) is ModuleType:
                return
            self._running = True
            try:
                self._loader.exec_module(module)
                module.__class__ = ModuleType
            finally:
                self._running = False

    def __getattr__(self, name: str) -> Any:
        """What else a loader has, such as a module's source for a stack trace."""
        return getattr(self._loader, name)


class _Proxy(ModuleType):
    """Stands for a module that has not run."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _OF_THE_IMPORT:
            ModuleType.__getattribute__(self, "__spec__").loader.run(self)
        return ModuleType.__getattribute__(self, name)
