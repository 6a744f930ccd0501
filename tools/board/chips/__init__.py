"""What differs from chip to chip, one file each.

GPIO: ranges of pins that exist, from ports/esp32/machine_pin.h (generic boards: no PSRAM, USB pins taken
where the port takes them). FLASH_GPIO: those of them that the flash hangs on (the chips' data sheets): a
program that drives one ends there. FIRST_INPUT_ONLY: machine_pin.c, GPIO_FIRST_NON_OUTPUT. I2C: default (scl,
sda) of each bus, ports/esp32/machine_i2c.h. TIMERS, PWM_CHANNELS, PWM_TIMERS: ESP-IDF's soc_caps.h of the
chip (SOC_TIMER_GROUP_TOTAL_TIMERS, SOC_LEDC_*). FREQS_MHZ: modmachine.c, mp_machine_set_freq. NAME:
os.uname()[4], boards/ESP32_GENERIC*/mpconfigboard.h.
"""
