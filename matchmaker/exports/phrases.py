"""The words of documents in both languages, side by side: whoever reviews a contract reads whole sentences.

They are not in the catalogue of the screens, for a document is made in one language whatever the reader's screen
speaks, and by a worker that knows no request.
"""

from matchmaker.exports.content import Phrase

TITLE = Phrase("创新联合体协议", "Innovation consortium agreement")
DRAFT_TITLE = Phrase("创新联合体协议（草案）", "Innovation consortium agreement (draft)")
DRAFT_HEAD = Phrase("草案　尚未签署", "Draft, not signed")
SIGNED_HEAD = Phrase("已签署", "Signed")
DRAFT_NOTICE = Phrase(
    "本文件为草案，由各方在平台上填写的内容生成，尚未签署，不具约束力。签署前请各方法务审阅。",
    "This is a draft made from what the parties entered on the platform. It is not signed and binds nobody. "
    "Have it read by each party's legal counsel before signing.",
)
BLANKS_TITLE = Phrase("待填写事项（{count} 项）", "To be filled in ({count})")
NO_BLANKS = Phrase("各项均已填写。", "Nothing is left to fill in.")

VERSION = Phrase("版本", "Version")
UNSAVED = Phrase("未存档", "not kept as a version")
DATED = Phrase("日期", "Date")
CHECKSUM = Phrase("内容校验码", "Checksum of the content")
LEAD = Phrase("牵头单位", "Lead")
CHALLENGE = Phrase("对应榜单", "Challenge")

PARTIES = Phrase("一、各方", "1. Parties")
PARTIES_LEAD = Phrase(
    "以下各方经协商一致，共同组建“{name}”（以下简称联合体），并订立本协议。",
    "The following parties agree to form the consortium “{name}” (the consortium) and conclude this agreement.",
)
GOAL = Phrase("二、目标与期限", "2. Goal and term")
SEATS = Phrase("三、席位与任务", "3. Seats and tasks")
MONEY = Phrase("四、经费", "4. Money")
BENEFIT = Phrase("五、利益分配", "5. Benefit split")
IP = Phrase("六、知识产权", "6. Intellectual property")
BACKGROUND = Phrase("背景知识产权（各方带入）", "Background (brought in by the parties)")
FOREGROUND = Phrase("前景知识产权（合作产生）", "Foreground (arising from the work)")
ORGANS = Phrase("七、组织机构与决策", "7. Organs and decisions")
LIABLE = Phrase("八、责任主体", "8. Liable body")
BREACH = Phrase("九、违约责任", "9. Breach")
ENTRY_EXIT = Phrase("十、开放加入与退出", "10. Open entry and exit")
SECRECY = Phrase("十一、保密", "11. Secrecy")
SIGNATURES = Phrase("十二、签署", "12. Signatures")

NUMBER = Phrase("序号", "No.")
PARTY = Phrase("机构", "Party")
CODE = Phrase("统一社会信用代码", "Unified social credit code")
ADDRESS = Phrase("住所", "Address")
SEAT = Phrase("席位", "Seat")
TASKS = Phrase("承担任务", "Tasks")
LEADS = Phrase("{role}（牵头）", "{role} (lead)")
TERM = Phrase("本联合体自 {start} 起，为期 {months} 个月。", "It begins on {start} and lasts {months} months.")
START = Phrase("起始日期", "first day")
MONTHS = Phrase("期限（月）", "months")
GOAL_BLANK = Phrase("目标", "goal")
MONEY_LEAD = Phrase("项目总经费", "The whole budget")
RECEIVES = Phrase("分得经费", "Receives")
BRINGS = Phrase("自筹投入", "Brings")
SUM = Phrase("合计", "Sum")
SHARE = Phrase("分配比例", "Share")
RIGHT = Phrase("名称", "What")
OWNERS = Phrase("权利人", "Owners")
USERS = Phrase("可使用方", "Who may use it")
TERMS = Phrase("使用条件", "Terms")
SIGNED_ON = Phrase("已于 {day} 在平台上签署", "signed on the platform on {day}")
SIGN_HERE = Phrase(
    "盖章、签字：＿＿＿＿＿＿＿＿　日期：＿＿＿＿＿＿", "Seal and signature: ________________  Date: ____________"
)
SIGNATURE = Phrase("签署", "Signature")
NO_SEAT_NAME = Phrase("成员", "member")
OF = Phrase("{party}：{what}", "{party}: {what}")
PAGE = Phrase("第 {page} 页，共 {pages} 页", "Page {page} of {pages}")
AUTHOR = Phrase("链合 Matchmaker", "Matchmaker")
