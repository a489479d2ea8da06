"""The SC2 API's protobuf modules on today's protobuf: importing this module is all there is to do.

The generated code that is published as `s2clientprotocol` refuses every protobuf since 4.0. An import hook builds
`s2clientprotocol.*_pb2` from the file descriptors inside the installed sources instead of running them, so that the
fast runtime (upb) is used, whichever distribution of the package is installed. Knows nothing of PySC2.
"""

import ast
import re
import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

_PACKAGE = "s2clientprotocol"

_SERIALIZED_FILE = re.compile(
    r"""(?:\bserialized_pb\s*=\s*(?:_b\()?|\bAddSerializedFile\()\s*   # code generated before and since protobuf 3.20
        (b?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))""",
    re.VERBOSE,
)


class ProtoModuleFinder:
    """Finds `s2clientprotocol.*_pb2` where it is installed, and loads it from its descriptor."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec that builds the module, or None to leave it to the other finders."""
        package, _, name = fullname.rpartition(".")
        if package != _PACKAGE or not name.endswith("_pb2"):
            return None
        installed = PathFinder.find_spec(fullname, path, target)
        if installed is None or installed.origin is None or not installed.origin.endswith(".py"):
            return None
        serialized = extract_file_descriptor(Path(installed.origin).read_text(encoding="utf-8"))
        if serialized is None:
            return None
        return spec_from_loader(fullname, ProtoModuleLoader(serialized), origin=installed.origin)


class ProtoModuleLoader(Loader):
    """Builds one protobuf module from `serialized`, the bytes of its FileDescriptorProto."""

    def __init__(self, serialized: bytes) -> None:
        self._serialized = serialized

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module with the messages, enums and values of its file, as generated code does."""
        # Imported here: a program that never touches the SC2 API does not pay for protobuf.
        from google.protobuf import descriptor_pb2, descriptor_pool
        from google.protobuf.internal import builder

        names = module.__dict__
        if module.__spec__ is not None:
            names["__file__"] = module.__spec__.origin
        for dependency in descriptor_pb2.FileDescriptorProto.FromString(self._serialized).dependency:
            _import_proto(dependency)
        file_descriptor = descriptor_pool.Default().AddSerializedFile(self._serialized)
        names["DESCRIPTOR"] = file_descriptor
        builder.BuildMessageAndEnumDescriptors(file_descriptor, names)
        builder.BuildTopDescriptorsAndMessages(file_descriptor, module.__name__, names)


def extract_file_descriptor(source: str) -> bytes | None:
    r"""Return the serialized FileDescriptorProto inside generated code, or None if there is none.

    The code is read, never run.

    >>> extract_file_descriptor(r"x = FileDescriptor(name='a', serialized_pb=_b('\n\x01\xe9'))")
    b'\n\x01\xe9'
    >>> extract_file_descriptor(r"DESCRIPTOR = Default().AddSerializedFile(b'\n\x01\xe9')")
    b'\n\x01\xe9'
    """
    found = _SERIALIZED_FILE.search(source)
    if found is None:
        return None
    literal = ast.literal_eval(found.group(1))
    return literal.encode("latin-1") if isinstance(literal, str) else bytes(literal)


def _import_proto(proto_path: str) -> None:
    """Import the module of a .proto file, such as "s2clientprotocol/raw.proto"."""
    __import__(proto_path.removesuffix(".proto").replace("/", ".") + "_pb2")


def install_import_hook() -> None:
    """Put the finder before all others; more than once is as good as once."""
    if not any(getattr(finder, "__name__", "") == ProtoModuleFinder.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, ProtoModuleFinder)


install_import_hook()
