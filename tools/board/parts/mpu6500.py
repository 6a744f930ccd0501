"""An MPU-6500, sold as MPU-6050: another id, half the FIFO, awake after power-on. Read from RM-MPU-9250A rev. 1.4 and
the table hw_info in Linux' drivers/iio/imu/inv_mpu6050/inv_mpu_core.c.
"""

from .mpu6050 import Part as MPU6050


class Part(MPU6050):
    ID = 0x70
    AWAKE = 0x01
    FIFO_BYTES = 512
