"""What the bundle says first, to whoever opens it without knowing Panshi."""

from __future__ import annotations

README = """\
磐石查核包                                              (English below)
======================================================================

內容
  report.pdf              報告（PDF/A-2）
  data/assessment.json    各控制措施之判定、門檻與所依之日誌
  data/controls.csv       同上，表格
  data/items.csv          母體逐項：資產、狀態、所依之觀測
  data/observations.csv   所引用之觀測
  data/oscal-*.json       OSCAL 1.2.1
  evidence/proofs.jsonl   每筆觀測之存在證明，一行一筆
  evidence/withheld.csv   內容未附之觀測與原因
  evidence/growth.json    判定時之日誌至檢查點之一致性證明
  checkpoint.txt          日誌之簽署檢查點
  keys.txt                驗證金鑰（請另循書面或電話核對指紋）
  MANIFEST                所有檔案之雜湊與簽章

離線查驗（Python 3.8 以上，另需 cryptography 套件或 openssl 3）
  1. 解壓縮，或直接使用壓縮檔。
  2. python3 verify.py                         查驗本資料夾
     python3 verify.py 查核包.zip --key 金鑰    以您信任的金鑰查驗壓縮檔
  3. 最後一行為 VERIFIED 即成立；否則指出不符之檔案。

若不信任包內之 verify.py，請自其他來源取得 verify.py 與 panshi_verify.py，
對壓縮檔執行。內容未附（個人資料）之觀測，其存在與摘要仍可查驗。

{about}

Examiner's bundle of Panshi
======================================================================

Contents
  report.pdf              the report (PDF/A-2)
  data/assessment.json    verdicts, thresholds, and the log they rest on
  data/controls.csv       the same as a table
  data/items.csv          each member of each population, its state and observations
  data/observations.csv   the observations cited
  data/oscal-*.json       OSCAL 1.2.1
  evidence/proofs.jsonl   a proof of each observation, one a line
  evidence/withheld.csv   observations whose body is not here, and why
  evidence/growth.json    proof that the log only grew from the judgement to the checkpoint
  checkpoint.txt          signed checkpoint of the log
  keys.txt                verifier keys (compare the fingerprint on paper or by telephone)
  MANIFEST                digest of every file, signed

Check it offline (Python 3.8 or newer, with the package cryptography or openssl 3)
  1. Unpack it, or leave it packed.
  2. python3 verify.py                        checks this folder
     python3 verify.py BUNDLE.zip --key KEY   checks the archive with the key you trust
  3. The last line says VERIFIED; otherwise the file that does not fit is named.

If you do not trust the verify.py in here, take verify.py and panshi_verify.py from elsewhere and
run them on the archive. An observation whose body is withheld (personal data) is proven all the
same: that it was made, when, and the digest of what it said.
"""
