# SPDX-License-Identifier: Apache-2.0
"""One comparison of two photos by a peer, again and again, measured in CPU time of the process.

    peers.py opencv|dlib|dlib-default MODELS A.jpg B.jpg

The same conversation as face_compare_bench.cpp: a number on standard input, that many CPU times in
milliseconds on standard output. Decoding is inside; each peer is used as its own documentation says.
"""

import io
import sys
import time


def opencv(models, a, b):
    """FaceDetectorYN (YuNet) and FaceRecognizerSF (SFace): the same two networks as ours."""
    import cv2
    import numpy

    cv2.setNumThreads(1)
    detector = cv2.FaceDetectorYN.create(f"{models}/face_detection_yunet_2023mar.onnx", "", (640, 640), 0.6, 0.3, 5000)
    recognizer = cv2.FaceRecognizerSF.create(f"{models}/face_recognition_sface_2021dec.onnx", "")

    def feature(encoded):
        image = cv2.imdecode(numpy.frombuffer(encoded, numpy.uint8), cv2.IMREAD_COLOR)
        detector.setInputSize((image.shape[1], image.shape[0]))
        faces = detector.detect(image)[1]
        face = max(faces, key=lambda each: each[2] * each[3])
        return recognizer.feature(recognizer.alignCrop(image, face))

    return lambda: recognizer.match(feature(a), feature(b), cv2.FaceRecognizerSF_FR_COSINE)


def dlib(upsample):
    """face_recognition: HOG detector, five points, ResNet. Its detector enlarges the photo `upsample`
    times to twice its size; 1 is its default, 0 looks at the photo as it is."""

    def make(_, a, b):
        import face_recognition

        def feature(encoded):
            image = face_recognition.load_image_file(io.BytesIO(encoded))
            boxes = face_recognition.face_locations(image, number_of_times_to_upsample=upsample)
            return face_recognition.face_encodings(image, boxes)[0]

        return lambda: 1 - float(face_recognition.face_distance([feature(a)], feature(b))[0])

    return make


PEERS = {"opencv": opencv, "dlib": dlib(0), "dlib-default": dlib(1)}


def main(name, models, *photos):
    encoded = []
    for photo in photos:
        with open(photo, "rb") as file:
            encoded.append(file.read())
    compare = PEERS[name](models, *encoded)
    print(f"ready score {compare():.4f}", flush=True)  # the first one also warms up
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.process_time()
            compare()
            times.append((time.process_time() - start) * 1e3)
        print(*(f"{each:.3f}" for each in times), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
