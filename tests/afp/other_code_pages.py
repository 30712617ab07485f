"""Code pages as others have them: glibc's iconv, called in this process, and Java's character sets."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest


@cache
def glibc(number: int) -> dict[int, str]:
    """The code page as iconv has it; nothing where it has none."""
    library = ctypes.CDLL(None)
    library.iconv_open.restype = ctypes.c_void_p
    library.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
    for name in (f"IBM{number:03}", f"IBM-{number}", f"CP{number}"):
        converter = library.iconv_open(b"UTF-16BE", name.encode())
        if converter not in (None, ctypes.c_void_p(-1).value):
            found = {code: _converted(library, converter, code) for code in range(256)}
            library.iconv_close(ctypes.c_void_p(converter))
            return {code: text for code, text in found.items() if text}
    return {}


def _converted(library: ctypes.CDLL, converter: int, code: int) -> str:
    """One byte by a converter of iconv; "" where it is no character."""
    source, target = ctypes.create_string_buffer(bytes((code,)), 1), ctypes.create_string_buffer(8)
    in_, out = ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_void_p(ctypes.addressof(target))
    in_left, out_left = ctypes.c_size_t(1), ctypes.c_size_t(8)
    library.iconv(converter, *map(ctypes.byref, (in_, in_left, out, out_left)))
    return target.raw[: 8 - out_left.value].decode("utf-16-be") if not in_left.value else ""


_PROGRAM = """
import java.nio.*; import java.nio.charset.*;
public class Tables {
  public static void main(String[] names) {
    for (String name : names) {
      String[] parts = name.split(" ");
      if (!Charset.isSupported(parts[0])) continue;
      CharsetDecoder decoder = Charset.forName(parts[0]).newDecoder();
      boolean wide = parts.length > 1;
      boolean shifted = parts[0].matches("x-IBM93[57]");
      System.out.println("=" + name);
      for (int code = wide ? 0x4040 : 0; code < (wide ? 0x10000 : 0x100); code++) {
        byte[] bytes = !wide ? new byte[] {(byte) code}
            : shifted ? new byte[] {0x0E, (byte) (code >> 8), (byte) code, 0x0F}
            : new byte[] {(byte) (code >> 8), (byte) code};
        try {
          String text = decoder.reset().decode(ByteBuffer.wrap(bytes)).toString();
          StringBuilder line = new StringBuilder(Integer.toHexString(code));
          for (char c : text.toCharArray()) line.append(' ').append(Integer.toHexString(c));
          System.out.println(line);
        } catch (CharacterCodingException missing) { }
      }
    }
  }
}
"""


def java_names(number: int) -> list[str]:
    return [f"x-IBM{number}", f"IBM{number:03}", f"IBM{number:05}"]


def java(names: list[str], folder: Path) -> dict[str, dict[int, str]]:
    """Java's tables by the names of its character sets; a name followed by " wide" is one of two-byte codes.
    Skips the test where Java cannot compile."""
    if shutil.which("javac") is None:
        pytest.skip("needs a Java compiler (Debian: default-jdk-headless)")
    source = folder / "Tables.java"
    source.write_text(_PROGRAM)
    answer = subprocess.run(["java", source, *names], capture_output=True, text=True, check=True).stdout
    tables: dict[str, dict[int, str]] = {}
    for line in answer.splitlines():
        if line.startswith("="):
            table = tables.setdefault(line[1:], {})
        else:
            code, *units = line.split()
            utf16 = b"".join(int(unit, 16).to_bytes(2, "big") for unit in units)
            if units:
                table[int(code, 16)] = utf16.decode("utf-16-be")
    return tables
