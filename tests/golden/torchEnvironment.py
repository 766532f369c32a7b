"""Imports torch and torchvision side by side, whatever builds they are.

A torchvision built for another torch has compiled operators that this torch cannot load; none of the
networks here needs them, so only their registration has to be let through.
"""

import sys

MISSING = 3
"""Exit code that says: there is no PyTorch here."""

try:
    import torch
except ImportError:
    print("PyTorch is not installed for this Python.", file=sys.stderr)
    sys.exit(MISSING)

_register_fake = torch.library.register_fake


def _register_fake_unless_torchvision(operator, *args, **kwargs):
    if isinstance(operator, str) and operator.startswith("torchvision::"):
        return lambda function: function
    return _register_fake(operator, *args, **kwargs)


torch.library.register_fake = _register_fake_unless_torchvision
try:
    import torchvision
except ImportError:
    print("torchvision is not installed for this Python.", file=sys.stderr)
    sys.exit(MISSING)
finally:
    torch.library.register_fake = _register_fake

__all__ = ["MISSING", "torch", "torchvision"]
