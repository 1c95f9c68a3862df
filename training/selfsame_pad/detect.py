# SPDX-License-Identifier: Apache-2.0
"""YuNet face detection on OpenVINO, as the product does it (BGR raw 0..255)."""

import cv2
import numpy as np

STRIDES = (8, 16, 32)


def cpu_model(path, batch_shape=None, extra_outputs=(), precision="f32"):
    """Load an ONNX file for one CPU thread."""
    import openvino
    core = openvino.Core()
    core.set_property("CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision})
    model = core.read_model(str(path))
    if extra_outputs:
        model.add_outputs(list(extra_outputs))
    if batch_shape is not None:
        model.reshape(batch_shape)
    return core.compile_model(model, "CPU")


class Face:
    """One detected face: box (x, y, w, h), five landmarks, score."""

    def __init__(self, box, landmarks, score):
        self.box = box
        self.landmarks = landmarks
        self.score = score


class Detector:
    """Finds the faces of a picture; the long side is reduced to `long_side` first."""

    def __init__(self, path, long_side=640, threshold=0.6):
        import openvino
        self.long_side = long_side
        self.threshold = threshold
        core = openvino.Core()
        core.set_property("CPU", {"INFERENCE_NUM_THREADS": 1,
                                  "INFERENCE_PRECISION_HINT": "f32"})
        self._core = core
        self._network = core.read_model(str(path))
        self._compiled = {}

    def _for_shape(self, height, width):
        if (height, width) not in self._compiled:
            self._network.reshape([1, 3, height, width])
            self._compiled[height, width] = self._core.compile_model(self._network, "CPU")
        return self._compiled[height, width]

    def faces(self, image):
        """Faces of a BGR picture, largest first."""
        factor = min(1.0, self.long_side / max(image.shape[:2]))
        small = image if factor == 1.0 else cv2.resize(
            image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        height, width = small.shape[:2]
        padded_height, padded_width = -(-height // 32) * 32, -(-width // 32) * 32
        canvas = np.zeros((padded_height, padded_width, 3), np.float32)
        canvas[:height, :width] = small
        model = self._for_shape(padded_height, padded_width)
        result = model(canvas.transpose(2, 0, 1)[None])
        out = {name: np.asarray(value)[0] for port, value in result.items()
               for name in port.get_names()}
        boxes, landmarks, scores = self._decode(out, padded_width)
        if not len(scores):
            return []
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), self.threshold, 0.3)
        found = [Face(boxes[i] / factor, landmarks[i] / factor, float(scores[i]))
                 for i in np.asarray(kept).reshape(-1)]
        return sorted(found, key=lambda face: -face.box[2] * face.box[3])

    def _decode(self, out, width):
        boxes, landmarks, scores = [], [], []
        for stride in STRIDES:
            class_score = np.clip(out[f"cls_{stride}"][:, 0], 0, 1)
            object_score = np.clip(out[f"obj_{stride}"][:, 0], 0, 1)
            score = np.sqrt(class_score * object_score)
            which = np.flatnonzero(score >= self.threshold)
            columns = width // stride
            column, row = which % columns, which // columns
            offset = out[f"bbox_{stride}"][which]
            size = np.exp(offset[:, 2:4]) * stride
            corner = (np.stack([column, row], 1) + offset[:, :2]) * stride - size / 2
            points = out[f"kps_{stride}"][which].reshape(-1, 5, 2)
            points = (points + np.stack([column, row], 1)[:, None]) * stride
            boxes.append(np.concatenate([corner, size], 1))
            landmarks.append(points)
            scores.append(score[which])
        return np.concatenate(boxes), np.concatenate(landmarks), np.concatenate(scores)
