# SPDX-License-Identifier: Apache-2.0
"""One comparison of two photos, one look at a video or one reading of a document, by a peer, again and again, measured in CPU time
of the process.

    peers.py opencv|dlib|dlib-default MODELS A.jpg B.jpg
    peers.py opencv-video MODELS VIDEO
    peers.py rapidocr MODELS PICTURE...

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


def opencv_video(models, path):
    """The loop that one writes first: every network on every frame, then medians. The file is read from
    disk because OpenCV cannot decode from memory."""
    import cv2
    import numpy

    cv2.setNumThreads(1)
    detector = cv2.FaceDetectorYN.create(f"{models}/face_detection_yunet_2023mar.onnx", "", (640, 640), 0.6, 0.3, 5000)
    recognizer = cv2.FaceRecognizerSF.create(f"{models}/face_recognition_sface_2021dec.onnx", "")
    mesh = cv2.dnn.readNet(f"{models}/face_landmark_468.tflite")
    pads = [(cv2.dnn.readNet(f"{models}/{file}"), side) for file, side in (("pad_selfsame_80.onnx", 80), ("fr_liveness.onnx", 128))]

    def square(frame, face, scale, side):
        x, y, w, h = face[:4]
        half = scale * max(w, h) / 2
        left, top = max(0, int(x + w / 2 - half)), max(0, int(y + h / 2 - half))
        crop = frame[top : int(y + h / 2 + half), left : int(x + w / 2 + half)]
        return cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)

    def live_of(net, image):
        net.setInput(cv2.dnn.blobFromImage(image))
        return float(net.forward().reshape(-1)[0])

    def look():
        video, features, lives = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1]), [], []
        while True:
            found, frame = video.read()
            if not found:
                break
            detector.setInputSize((frame.shape[1], frame.shape[0]))
            faces = detector.detect(frame)[1]
            if faces is None:
                continue
            face = max(faces, key=lambda each: each[2] * each[3])
            mesh.setInput(cv2.dnn.blobFromImage(square(frame, face, 1.5, 192), 1 / 255, swapRB=True))
            mesh.forward()
            lives.append(sum(live_of(net, square(frame, face, 4, side)) for net, side in pads) / 2)
            features.append(recognizer.feature(recognizer.alignCrop(frame, face)))
        same = [recognizer.match(features[0], each, cv2.FaceRecognizerSF_FR_COSINE) for each in features]
        return float(numpy.median(same))

    return look


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


def rapidocr(*pictures):
    """As it comes, with one thread; a call reads the next of the pictures. The score: how many lines."""
    import itertools
    import logging

    import rapidocr

    logging.disable(logging.CRITICAL)
    options = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    engine = rapidocr.RapidOCR(params=options)
    turn = itertools.cycle(pictures)
    return lambda: float(len(engine(next(turn)).txts or ()))


PEERS = {"opencv": opencv, "dlib": dlib(0), "dlib-default": dlib(1)}


def main(name, models, *files):
    encoded = []
    for path in files:
        with open(path, "rb") as file:
            encoded.append(file.read())
    if name == "rapidocr":
        compare = rapidocr(*encoded)
    else:
        compare = opencv_video(models, *files) if name == "opencv-video" else PEERS[name](models, *encoded)
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
