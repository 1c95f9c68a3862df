# SPDX-License-Identifier: Apache-2.0
"""The workshop of Selfsame's own presentation-attack-detection network."""
