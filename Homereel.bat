@echo off
rem Double-click launcher for Windows: prepares the environment once, then opens the window.
setlocal
cd /d "%~dp0"
set "PYTHON=.venv\Scripts\python.exe"
if not exist "%PYTHON%" (
  echo Preparing Homereel for its first start. This takes a few minutes, once.
  py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul
  if errorlevel 1 (
    echo Homereel needs Python 3.11 or newer. Install it from python.org, then start Homereel again.
    pause
    exit /b 1
  )
  py -3 -m venv .venv || goto failed
)
fc /b requirements.txt .venv\installed-requirements.txt >nul 2>&1
if errorlevel 1 (
  "%PYTHON%" -m pip install --disable-pip-version-check --quiet --requirement requirements.txt || goto failed
  copy /y requirements.txt .venv\installed-requirements.txt >nul
)
if "%~1"=="" (
  start "" ".venv\Scripts\pythonw.exe" main.py
) else (
  "%PYTHON%" main.py %*
)
exit /b %errorlevel%
:failed
echo Homereel could not be prepared. The lines above say why.
pause
exit /b 1
