"""Models and built encoders for the tests of the build."""

from tests.model_fixtures import encoder_folder, onnx_encoder, wheel_engine
from tests.tiny_models import built_tiny_folder, tiny_model_folder

__all__ = ["built_tiny_folder", "encoder_folder", "onnx_encoder", "tiny_model_folder", "wheel_engine"]
